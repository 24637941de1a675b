/** Max and average pooling of sequences along time. */
import { multiply, type Dim } from '../dims.ts'
import { inputOf, type Layer, type Parameters } from '../layer.ts'
import { poolArguments, poolPaddingError, poolSummary, poolWindows, tapBytes } from './pooling.ts'
import { sequenceFeatures } from './ranks.ts'
import { placesOf, windowError, type Window } from './windows.ts'

export const windowOf = (parameters: Parameters): Window => poolWindows(parameters, 1)[0] as Window

type Pool = Pick<
  Layer,
  'kind' | 'title' | 'help' | 'formula' | 'source' | 'keywords' | 'fields' | 'forward'
> & {
  /** Class name in torch.nn. */
  pytorchName: string
  /** Whether backward needs to know which place of a window was taken. */
  keepsTaps: boolean
}

export const pool1d = ({ pytorchName, keepsTaps, ...truth }: Pool): Layer => ({
  ...truth,
  group: 'Pooling',
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) => poolSummary(parameters, 1),
  shape(inputs, parameters, context) {
    const shape = inputOf(inputs)
    const features = sequenceFeatures(shape, context)
    if (typeof features !== 'number') return { error: features }
    const window = windowOf(parameters)
    const error =
      poolPaddingError([window], context.node) ?? windowError(shape, shape.slice(1, 2), [window], context)
    if (error) return { error }
    return { outputs: { output: [shape[0] as Dim, placesOf(shape[1] as Dim, window), features] } }
  },
  weights: () => [],
  cost(inputs, parameters) {
    const shape = inputOf(inputs)
    const window = windowOf(parameters)
    const values = multiply(shape[2] as Dim, placesOf(shape[1] as Dim, window))
    return {
      flops: multiply(values, window.kernel),
      keeps: { inputs: [], outputs: [] },
      extraBytes: keepsTaps ? multiply(tapBytes([window]), values) : 0,
    }
  },
  pytorch: (_inputs, parameters) => `nn.${pytorchName}(${poolArguments([windowOf(parameters)])})`,
  exported: (_inputs, parameters) => ({
    module: `layers.${pytorchName}(${poolArguments([windowOf(parameters)])})`,
    lengths: [{ port: 'input', axis: 1 }],
  }),
})
