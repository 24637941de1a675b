import { inputOf } from '../layer.ts'
import { maskBehind } from './masking.ts'
import { pool1d, windowOf } from './pool1d.ts'
import { poolFields } from './pooling.ts'

/** The mean of every window along time. */
export const avgPool1d = pool1d({
  kind: 'avg-pool1d',
  title: 'Average pool 1D',
  help: 'Replaces every window of steps by its mean: a shorter, smoother sequence. Sequences are B x T x C.',
  formula: 'y = mean of the window along T, zeros of the padding counted',
  source: {
    title: 'torch.nn.AvgPool1d',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html',
  },
  keywords: ['mean', 'downsample', 'shorten', 'sequence', 'time'],
  fields: poolFields(1),
  pytorchName: 'AvgPool1d',
  keepsTaps: false,
  forward({ ops, inputs, parameters, lengths }) {
    const window = windowOf(parameters)
    // Only windows that reach over the end see what lies behind it.
    const ends = window.after > 0 ? lengths('input', 1) : null
    const output = ops.avgPool1d(maskBehind(ops, inputOf(inputs), ends, 0).transpose(1, 2), window.kernel, {
      stride: window.stride,
      padding: window.before,
    })
    return { output: output.transpose(1, 2) }
  },
})
