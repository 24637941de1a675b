import { inputOf } from '../layer.ts'
import { pool2d } from './pool2d.ts'
import { poolFields, poolWindows } from './pooling.ts'

/** The mean of every window. */
export const avgPool2d = pool2d({
  kind: 'avg-pool2d',
  title: 'Average pool 2D',
  help: 'Replaces every window by its mean: a smaller, smoother image.',
  formula: 'y = mean of the window, zeros of the padding counted',
  source: {
    title: 'torch.nn.AvgPool2d',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html',
  },
  keywords: ['mean', 'downsample', 'shrink', 'subsampling', 'image'],
  fields: poolFields(2),
  pytorchName: 'AvgPool2d',
  keepsTaps: false,
  forward({ ops, inputs, parameters }) {
    const windows = poolWindows(parameters, 2)
    const output = ops.avgPool2d(
      inputOf(inputs),
      windows.map(({ kernel }) => kernel),
      {
        stride: windows.map(({ stride }) => stride),
        padding: windows.map(({ before }) => before),
      },
    )
    return { output }
  },
})
