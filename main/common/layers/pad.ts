import { add, evaluate, formatShape, multiply, type Dim, type Shape } from '../dims.ts'
import { inputOf, noCost, sizesParameter, type Layer, type Parameters } from '../layer.ts'
import { imageChannels } from './ranks.ts'
import { formatSizes, pythonSizes, sizesField } from './windows.ts'

type Mode = 'zero' | 'reflect' | 'replicate'

const modeOf = (parameters: Parameters): Mode => (parameters['mode'] ?? 'zero') as Mode
/** Left, right, top, bottom. */
const amountsOf = (parameters: Parameters): readonly number[] => sizesParameter(parameters, 'amount', 4, 1)

function padded(shape: Shape, parameters: Parameters): readonly Dim[] {
  const [left = 0, right = 0, top = 0, bottom = 0] = amountsOf(parameters)
  return [add(shape[2] as Dim, top + bottom), add(shape[3] as Dim, left + right)]
}

const pytorchNames: Record<Mode, string> = {
  zero: 'ZeroPad2d',
  reflect: 'ReflectionPad2d',
  replicate: 'ReplicationPad2d',
}

/** Places added around images. */
export const pad: Layer = {
  kind: 'pad',
  title: 'Pad',
  group: 'Convolution',
  help: 'Adds rows and columns around an image: zeros, its mirror image, or its edge repeated.',
  formula: "H' = H + top + bottom, W' = W + left + right",
  source: {
    title: 'torch.nn.ZeroPad2d',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html',
  },
  keywords: ['padding', 'border', 'reflect', 'replicate', 'mirror', 'image'],
  fields: [
    sizesField(4, {
      key: 'amount',
      title: 'Places',
      help: 'One number for all sides, or left x right x top x bottom.',
      default: 1,
      minimum: 0,
    }),
    {
      type: 'choice',
      key: 'mode',
      title: 'Filled with',
      help: 'What the new places hold.',
      default: 'zero',
      choices: [
        { value: 'zero', title: 'Zeros' },
        { value: 'reflect', title: 'Mirror image' },
        { value: 'replicate', title: 'Repeated edge' },
      ],
    },
  ],
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) => `${formatSizes(amountsOf(parameters))} · ${modeOf(parameters)}`,
  shape(inputs, parameters, context) {
    const shape = inputOf(inputs)
    const channels = imageChannels(shape, context)
    if (typeof channels !== 'number') return { error: channels }
    const [left = 0, right = 0, top = 0, bottom = 0] = amountsOf(parameters)
    const typical = Object.fromEntries(
      Object.entries(context.data.sizes).map(([name, size]) => [name, size.typical]),
    )
    const most = shape.slice(2).map((size) => (evaluate(size, typical) ?? Infinity) - 1)
    const wanted = [Math.max(top, bottom), Math.max(left, right)]
    if (modeOf(parameters) === 'reflect' && wanted.some((amount, i) => amount > (most[i] ?? 0)))
      return {
        error: {
          message: `mirrors ${wanted.join(' x ')} places, but ${formatShape(shape)} has only ${most.join(' x ')} beside its edge`,
          mends: [
            {
              kind: 'set-parameter',
              title: 'Repeat the edge instead',
              node: context.node,
              key: 'mode',
              value: 'replicate',
            },
          ],
        },
      }
    return { outputs: { output: [shape[0] as Dim, channels, ...padded(shape, parameters)] } }
  },
  weights: () => [],
  forward({ ops, inputs, parameters }) {
    const mode = modeOf(parameters)
    const options = { mode: mode === 'zero' ? 'constant' : mode } as const
    return { output: ops.pad(inputOf(inputs), amountsOf(parameters), options) }
  },
  cost: (inputs, parameters) => ({
    ...noCost,
    flops: multiply(inputOf(inputs)[1] as Dim, ...padded(inputOf(inputs), parameters)),
  }),
  pytorch: (_inputs, parameters) =>
    `nn.${pytorchNames[modeOf(parameters)]}(${pythonSizes(amountsOf(parameters))})`,
}
