/** Max and average pooling of images, which differ in what they make of a window. */
import { multiply, type Dim, type Shape } from '../dims.ts'
import { inputOf, type Layer } from '../layer.ts'
import { poolArguments, poolPaddingError, poolSummary, poolWindows, tapBytes } from './pooling.ts'
import { imageChannels } from './ranks.ts'
import { placesOf, windowError, type Window } from './windows.ts'

const outputSizes = (shape: Shape, windows: readonly Window[]): readonly Dim[] =>
  windows.map((window, i) => placesOf(shape[i + 2] as Dim, window))

type Pool = Pick<
  Layer,
  'kind' | 'title' | 'help' | 'formula' | 'source' | 'keywords' | 'fields' | 'forward'
> & {
  /** Class name in torch.nn. */
  pytorchName: string
  /** Whether backward needs to know which place of a window was taken. */
  keepsTaps: boolean
}

export const pool2d = ({ pytorchName, keepsTaps, ...truth }: Pool): Layer => ({
  ...truth,
  group: 'Pooling',
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) => poolSummary(parameters, 2),
  shape(inputs, parameters, context) {
    const shape = inputOf(inputs)
    const channels = imageChannels(shape, context)
    if (typeof channels !== 'number') return { error: channels }
    const windows = poolWindows(parameters, 2)
    const error =
      poolPaddingError(windows, context.node) ?? windowError(shape, shape.slice(2), windows, context)
    if (error) return { error }
    return { outputs: { output: [shape[0] as Dim, channels, ...outputSizes(shape, windows)] } }
  },
  weights: () => [],
  cost(inputs, parameters) {
    const shape = inputOf(inputs)
    const windows = poolWindows(parameters, 2)
    const values = multiply(shape[1] as Dim, ...outputSizes(shape, windows))
    return {
      flops: multiply(values, ...windows.map(({ kernel }) => kernel)),
      keeps: { inputs: [], outputs: [] },
      extraBytes: keepsTaps ? multiply(tapBytes(windows), values) : 0,
    }
  },
  pytorch: (_inputs, parameters) => `nn.${pytorchName}(${poolArguments(poolWindows(parameters, 2))})`,
})
