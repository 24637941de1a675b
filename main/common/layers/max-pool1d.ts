import { inputOf } from '../layer.ts'
import { maskBehind, maskWindows } from './masking.ts'
import { pool1d, windowOf } from './pool1d.ts'
import { poolFields } from './pooling.ts'

/** The greatest of every window along time. */
export const maxPool1d = pool1d({
  kind: 'max-pool1d',
  title: 'Max pool 1D',
  help: 'Keeps the greatest value of every window of steps: the sequence shortens, what was found stays. Sequences are B x T x C; padding of shorter ones is ignored.',
  formula: 'y = max of the window along T',
  source: {
    title: 'torch.nn.MaxPool1d',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html',
  },
  keywords: ['maximum', 'downsample', 'shorten', 'sequence', 'time'],
  fields: poolFields(1),
  pytorchName: 'MaxPool1d',
  keepsTaps: true,
  forward({ ops, inputs, parameters, lengths }) {
    const window = windowOf(parameters)
    const x = inputOf(inputs)
    // Only windows that reach over the end see what lies behind it.
    const ends = window.after > 0 ? lengths('input', 1) : null
    const output = ops
      .maxPool1d(maskBehind(ops, x, ends, -Infinity).transpose(1, 2), window.kernel, {
        stride: window.stride,
        padding: window.before,
      })
      .transpose(1, 2)
    return { output: ends ? maskWindows(ops, output, ends, x.shape[1] ?? 0, window) : output }
  },
})
