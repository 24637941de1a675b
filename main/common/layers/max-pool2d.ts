import { inputOf } from '../layer.ts'
import { pool2d } from './pool2d.ts'
import { poolFields, poolWindows } from './pooling.ts'

/** The greatest of every window. */
export const maxPool2d = pool2d({
  kind: 'max-pool2d',
  title: 'Max pool 2D',
  help: 'Keeps the greatest value of every window: the image shrinks, what was found stays. Halves height and width as it stands.',
  formula: 'y = max of the window',
  source: {
    title: 'torch.nn.MaxPool2d',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html',
  },
  keywords: ['maximum', 'downsample', 'shrink', 'subsampling', 'image'],
  fields: poolFields(2),
  pytorchName: 'MaxPool2d',
  keepsTaps: true,
  forward({ ops, inputs, parameters }) {
    const windows = poolWindows(parameters, 2)
    const output = ops.maxPool2d(
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
