/**
 * Transformer blocks: attention and a feed-forward network, each with a residual wire and a layer norm before it
 * (pre-norm) or after. Weights have the names of torch.nn.TransformerEncoderLayer and TransformerDecoderLayer.
 */
import { add, formatShape, multiply, type Shape } from '../dims.ts'
import {
  inputOf,
  numberParameter,
  ownClass,
  withOptions,
  type Field,
  type ForwardCall,
  type Layer,
  type Parameters,
  type WeightSpec,
} from '../layer.ts'
import type { TensorMethods } from '../ops.ts'
import {
  attendItself,
  attendMemory,
  attentionBytes,
  attentionFlops,
  attentionSource,
  attentionWeights,
  dropoutField,
  headsError,
  headsField,
  headsOf,
  type Extent,
} from './attending.ts'
import { insertBefore } from './mends.ts'
import { sequenceFeatures } from './ranks.ts'
import { clearPadding, featuresOf, lengthsOf, stepsOf } from './sequence.ts'

const blockFields: readonly Field[] = [
  headsField,
  {
    type: 'optional-integer',
    key: 'feedForward',
    title: 'Feed-forward width',
    help: 'Hidden units of the network that every step passes through.',
    default: null,
    minimum: 1,
    maximum: 65536,
    emptyMeans: '4 x the width',
  },
  dropoutField(0.1, 'Share of values zeroed while training, of attention weights too.'),
  {
    type: 'choice',
    key: 'norm',
    title: 'Layer norm',
    help: 'Before each part trains more steadily (GPT-2); after is the original.',
    default: 'pre',
    choices: [
      { value: 'pre', title: 'Before (pre-norm)' },
      { value: 'post', title: 'After (post-norm)' },
    ],
  },
  {
    type: 'choice',
    key: 'activation',
    title: 'Activation',
    help: 'Between the two layers of the feed-forward network.',
    default: 'gelu',
    choices: [
      { value: 'gelu', title: 'GELU' },
      { value: 'relu', title: 'ReLU' },
    ],
    advanced: true,
  },
]

type Inputs = Readonly<Record<string, Shape>>

const dropoutOf = (parameters: Parameters): number => numberParameter(parameters, 'dropout', 0.1)
const isPreNorm = (parameters: Parameters): boolean => parameters['norm'] !== 'post'
const hiddenOf = (width: number, parameters: Parameters): number =>
  numberParameter(parameters, 'feedForward', 4 * width)

interface Block {
  kind: string
  title: string
  help: string
  formula: string
  keywords: readonly string[]
  /** Beside those that both have. */
  fields: readonly Field[]
  /** Steps see only what came before. */
  causal: boolean
  /** Whether it also looks at a memory, which then has a port of its own. */
  readsMemory: (parameters: Parameters) => boolean
}

export function transformerBlock({ fields, causal, readsMemory, ...truth }: Block): Layer {
  const extents = (inputs: Inputs, parameters: Parameters): Extent[] => {
    const own = { steps: stepsOf(inputs), width: featuresOf(inputs), heads: headsOf(parameters) }
    const itself = { ...own, keys: own.steps, memory: own.width, causal }
    if (!readsMemory(parameters)) return [itself]
    return [itself, { ...itself, keys: stepsOf(inputs, 'memory'), causal: false }]
  }
  const layer: Layer = {
    ...truth,
    group: 'Attention',
    source: attentionSource,
    fields: [...blockFields, ...fields],
    inputs: (parameters) => (readsMemory(parameters) ? ['input', 'memory'] : ['input']),
    outputs: ['output'],
    summary(parameters) {
      const hidden = parameters['feedForward']
      return `${headsOf(parameters)} heads · ${typeof hidden === 'number' ? hidden : '4x'} wide${isPreNorm(parameters) ? '' : ' · post-norm'}`
    },
    shape(inputs, parameters, context) {
      const shape = inputOf(inputs)
      const width = sequenceFeatures(shape, context)
      if (typeof width !== 'number') return { error: width }
      if (readsMemory(parameters)) {
        const memory = sequenceFeatures(inputOf(inputs, 'memory'), context, 'memory')
        if (typeof memory !== 'number') return { error: memory }
        if (memory !== width)
          return {
            error: {
              message: `reads a memory as wide as its input, but gets ${formatShape(shape)} and ${formatShape(inputOf(inputs, 'memory'))}`,
              mends: [
                insertBefore(
                  context.node,
                  'linear',
                  `Linear ${width} on memory`,
                  { outFeatures: width },
                  'memory',
                ),
              ],
            },
          }
      }
      // With two wires in, it is not known which one the width came by.
      const source = readsMemory(parameters) ? { ...context, widthSource: null } : context
      const error = headsError(width, parameters, source)
      return error ? { error } : { outputs: { output: shape } }
    },
    weights(inputs, parameters) {
      const width = featuresOf(inputs)
      const hidden = hiddenOf(width, parameters)
      const withMemory = readsMemory(parameters)
      return [
        ...attentionWeights('self_attn.', width, width, true),
        ...(withMemory ? attentionWeights('multihead_attn.', width, width, true) : []),
        ...linearWeights('linear1', hidden, width),
        ...linearWeights('linear2', width, hidden),
        ...['norm1', 'norm2', ...(withMemory ? ['norm3'] : [])].flatMap((name): WeightSpec[] => [
          { name: `${name}.weight`, shape: [width], initial: { kind: 'ones' } },
          { name: `${name}.bias`, shape: [width], initial: { kind: 'zeros' } },
        ]),
      ]
    },
    forward: (call) => ({ output: run(call, causal, readsMemory(call.parameters)) }),
    cost(inputs, parameters) {
      const parts = extents(inputs, parameters)
      const width = featuresOf(inputs)
      const hidden = hiddenOf(width, parameters)
      const count = parts.length + 1
      // Of each part what its norm makes or reads and the sum behind it, but not the block's own input and output;
      // of each norm two doubles a step; of the feed-forward network the values before and after its activation.
      const kept = (2 * count - 1) * width + 4 * count + hiddenKept(parameters) * hidden
      return {
        flops: add(
          ...parts.map(attentionFlops),
          multiply(4 * width * hidden + 10 * hidden + 10 * count * width, stepsOf(inputs)),
        ),
        keeps: { inputs: readsMemory(parameters) ? ['input', 'memory'] : ['input'], outputs: [] },
        extraBytes: add(...parts.map(attentionBytes), multiply(4, kept, stepsOf(inputs))),
        // The gradients before and after the activation, and of the sum.
        backwardBytes: multiply(4, 2 * hidden + 2 * width, stepsOf(inputs)),
      }
    },
    pytorch(inputs, parameters) {
      const width = featuresOf(inputs)
      const options = [
        width,
        headsOf(parameters),
        `dim_feedforward=${hiddenOf(width, parameters)}`,
        `dropout=${dropoutOf(parameters)}`,
        parameters['activation'] !== 'relu' && "activation='gelu'",
        'batch_first=True',
        isPreNorm(parameters) && 'norm_first=True',
      ]
      const name = readsMemory(parameters) ? 'Decoder' : 'Encoder'
      return `nn.Transformer${name}Layer(${options.filter(Boolean).join(', ')})`
    },
    exported: (inputs, parameters) => ({
      module: withOptions(ownClass(layer.pytorch(inputs, parameters)), causal && 'causal=True'),
      lengths: [
        { port: 'input', axis: 1 },
        ...(readsMemory(parameters) ? [{ port: 'memory', axis: 1 }] : []),
      ],
    }),
  }
  return layer
}

/** ReLU's result is what the next layer reads, unless dropout makes another of it. */
const hiddenKept = (parameters: Parameters): number =>
  parameters['activation'] === 'relu' && dropoutOf(parameters) === 0 ? 1 : 2

function linearWeights(name: string, rows: number, columns: number): WeightSpec[] {
  const initial = { kind: 'uniform', bound: 1 / Math.sqrt(columns) } as const
  return [
    { name: `${name}.weight`, shape: [rows, columns], initial },
    { name: `${name}.bias`, shape: [rows], initial },
  ]
}

function run<T extends TensorMethods<T>>(call: ForwardCall<T>, causal: boolean, readsMemory: boolean): T {
  const { ops, inputs, weights, parameters, training } = call
  const p = dropoutOf(parameters)
  const heads = headsOf(parameters)
  const lengths = lengthsOf(call)
  const weight = (name: string): T => inputOf(weights, name)
  const drop = (x: T): T => ops.dropout(x, p, training)
  const linear = (x: T, name: string): T => ops.linear(x, weight(`${name}.weight`), weight(`${name}.bias`))
  const preNorm = isPreNorm(parameters)
  let count = 0
  /** A part with its residual wire and norm. */
  const part = (x: T, compute: (x: T) => T): T => {
    const name = `norm${++count}`
    const norm = (y: T): T =>
      ops.layerNorm(y, y.shape.at(-1) ?? 0, weight(`${name}.weight`), weight(`${name}.bias`))
    return preNorm ? x.add(drop(compute(norm(x)))) : norm(x.add(drop(compute(x))))
  }
  const attending = (prefix: string, isCausal: boolean, keyLengths: T | null) => ({
    ops,
    weights,
    prefix,
    heads,
    options: { isCausal, keyLengths, dropout: p, training },
  })
  let x = part(inputOf(inputs), (y) => attendItself(y, attending('self_attn.', causal, lengths)))
  if (readsMemory) {
    const ends = lengthsOf(call, 'memory')
    const memory = inputOf(inputs, 'memory')
    x = part(x, (y) => attendMemory(y, memory, attending('multihead_attn.', false, ends)))
  }
  x = part(x, (y) => {
    const hidden = linear(y, 'linear1')
    return linear(drop(parameters['activation'] === 'relu' ? ops.relu(hidden) : ops.gelu(hidden)), 'linear2')
  })
  return clearPadding(ops, x, lengths)
}
