/** What RNN, LSTM and GRU share: fields, weights as PyTorch names them, cost. */
import { add, multiply } from '../dims.ts'
import {
  inputOf,
  numberParameter,
  ownClass,
  type Field,
  type ForwardCall,
  type Layer,
  type Parameters,
  type WeightSpec,
} from '../layer.ts'
import type { Ops, RecurrentOptions, RecurrentWeights, TensorMethods } from '../ops.ts'
import { sequenceFeatures } from './ranks.ts'
import { featuresOf, lengthsOf, stepBytes, stepsOf } from './sequence.ts'

interface Recurrent {
  kind: string
  title: string
  help: string
  formula: string
  keywords: readonly string[]
  /** Beside those that all have. */
  fields?: readonly Field[]
  /** Class in torch.nn. */
  pytorch: string
  pytorchOptions?(parameters: Parameters): string
  /** Products of a step with each weight matrix's rows per unit: 1, 3 or 4. */
  gates: number
  /** Numbers per unit, step and direction that backward needs: gates and states before the step. */
  kept: number
  apply<T>(ops: Ops<T>, x: T, options: RecurrentOptions<T>, parameters: Parameters): { output: T; hidden: T }
}

const commonFields: readonly Field[] = [
  {
    type: 'integer',
    key: 'hidden',
    title: 'Hidden units',
    help: 'Width of the state that is carried from step to step.',
    default: 128,
    minimum: 1,
    maximum: 16384,
  },
  {
    type: 'integer',
    key: 'layers',
    title: 'Layers',
    help: 'How many are stacked, each reading the sequence that the one below makes.',
    default: 1,
    minimum: 1,
    maximum: 16,
  },
  {
    type: 'boolean',
    key: 'bidirectional',
    title: 'Both directions',
    help: 'Also reads from the end to the beginning; the outputs stand side by side, twice as wide.',
    default: false,
  },
  {
    type: 'number',
    key: 'dropout',
    title: 'Dropout between layers',
    help: 'Share of values zeroed on the way from one layer to the next, while training.',
    default: 0,
    minimum: 0,
    maximum: 0.95,
    step: 0.05,
    appliesTo: (parameters) => numberParameter(parameters, 'layers', 1) > 1,
  },
  {
    type: 'boolean',
    key: 'bias',
    title: 'Bias',
    help: 'Adds trained offsets to each gate.',
    default: true,
    advanced: true,
  },
]

interface Sizes {
  hidden: number
  layers: number
  directions: number
}

const sizesOf = (parameters: Parameters): Sizes => ({
  hidden: numberParameter(parameters, 'hidden', 128),
  layers: numberParameter(parameters, 'layers', 1),
  directions: parameters.bidirectional === true ? 2 : 1,
})

/** Suffixes of weight names in running order, each with the width that it reads: `_l0`, `_l0_reverse`, `_l1`, ... */
function parts({ hidden, layers, directions }: Sizes, features: number): { suffix: string; reads: number }[] {
  return Array.from({ length: layers * directions }, (_, i) => {
    const layer = Math.floor(i / directions)
    return {
      suffix: `_l${layer}${i % directions === 1 ? '_reverse' : ''}`,
      reads: layer === 0 ? features : hidden * directions,
    }
  })
}

export const recurrent = (recurrence: Recurrent): Layer => {
  const { pytorch, pytorchOptions, gates, kept, apply, ...truth } = recurrence
  const layer: Layer = {
    ...truth,
    group: 'Sequence',
    source: {
      title: `torch.nn.${pytorch}`,
      url: `https://docs.pytorch.org/docs/stable/generated/torch.nn.${pytorch}.html`,
    },
    fields: [...commonFields, ...(truth.fields ?? [])],
    inputs: ['input'],
    outputs: ['sequence', 'last'],
    // Twice the units where it reads both ways: no parameter is the width then.
    widthKey: (parameters) => (parameters.bidirectional === true ? null : 'hidden'),
    summary(parameters) {
      const { hidden, layers, directions } = sizesOf(parameters)
      return [`${hidden} units`, layers > 1 && `${layers} layers`, directions > 1 && 'both ways']
        .filter(Boolean)
        .join(' · ')
    },
    shape(inputs, parameters, context) {
      const shape = inputOf(inputs)
      const features = sequenceFeatures(shape, context)
      if (typeof features !== 'number') return { error: features }
      const { hidden, directions } = sizesOf(parameters)
      const [first = 1, steps = 1] = shape
      const width = hidden * directions
      return { outputs: { sequence: [first, steps, width], last: [first, width] } }
    },
    weights(inputs, parameters) {
      const sizes = sizesOf(parameters)
      const rows = gates * sizes.hidden
      const initial = { kind: 'uniform', bound: 1 / Math.sqrt(sizes.hidden) } as const
      return parts(sizes, featuresOf(inputs)).flatMap(({ suffix, reads }): WeightSpec[] => {
        const weight = (name: string, shape: readonly number[]): WeightSpec => ({
          name: `${name}${suffix}`,
          shape,
          initial,
        })
        const matrices = [weight('weight_ih', [rows, reads]), weight('weight_hh', [rows, sizes.hidden])]
        return parameters.bias === false
          ? matrices
          : [...matrices, weight('bias_ih', [rows]), weight('bias_hh', [rows])]
      })
    },
    forward<T extends TensorMethods<T>>(call: ForwardCall<T>) {
      const { ops, inputs, parameters, training } = call
      const x = inputOf(inputs)
      const sizes = sizesOf(parameters)
      const weights = parts(sizes, x.shape.at(-1) ?? 0).map(({ suffix }): RecurrentWeights<T> => ({
        inputHidden: inputOf(call.weights, `weight_ih${suffix}`),
        hiddenHidden: inputOf(call.weights, `weight_hh${suffix}`),
        biasInput: call.weights[`bias_ih${suffix}`] ?? null,
        biasHidden: call.weights[`bias_hh${suffix}`] ?? null,
      }))
      const options = {
        weights,
        lengths: lengthsOf(call),
        bidirectional: sizes.directions === 2,
        dropout: numberParameter(parameters, 'dropout', 0),
        training,
      }
      const { output, hidden } = apply(ops, x, options, parameters)
      const ends = Array.from({ length: sizes.directions }, (_, direction) =>
        hidden.select(0, (sizes.layers - 1) * sizes.directions + direction),
      )
      return { sequence: output, last: ends.length > 1 ? ops.cat(ends, 1) : (ends[0] as T) }
    },
    cost(inputs, parameters) {
      const sizes = sizesOf(parameters)
      const steps = stepsOf(inputs)
      const { hidden } = sizes
      const all = parts(sizes, featuresOf(inputs))
      const products = all.map(({ reads }) => 2 * gates * hidden * (reads + hidden) + 4 * gates * hidden)
      // Each layer's rows are packed, without padding, before they are read.
      const packed = all.filter(({ suffix }) => !suffix.endsWith('_reverse')).map(({ reads }) => reads)
      return {
        flops: multiply(steps, sum(products)),
        keeps: { inputs: ['input'], outputs: [] },
        extraBytes: add(stepBytes(steps, sum(packed) + all.length * kept * hidden)),
        // The gradients of one layer's gates; a GRU's differ before and after the reset gate.
        backwardBytes: stepBytes(steps, (gates === 3 ? 2 : 1) * gates * hidden),
      }
    },
    pytorch(inputs, parameters) {
      const { hidden, layers, directions } = sizesOf(parameters)
      const dropout = numberParameter(parameters, 'dropout', 0)
      return `nn.${pytorch}(${[
        featuresOf(inputs),
        hidden,
        layers > 1 && `num_layers=${layers}`,
        pytorchOptions?.(parameters),
        parameters.bias === false && 'bias=False',
        'batch_first=True',
        layers > 1 && dropout > 0 && `dropout=${dropout}`,
        directions > 1 && 'bidirectional=True',
      ]
        .filter(Boolean)
        .join(', ')})`
    },
    exported: (inputs, parameters) => ({
      module: ownClass(layer.pytorch(inputs, parameters)),
      lengths: [{ port: 'input', axis: 1 }],
    }),
  }
  return layer
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
