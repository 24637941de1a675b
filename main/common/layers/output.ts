import { batch, formatShape, isSymbolic, multiply, sameDim, symbol, type Dim, type Shape } from '../dims.ts'
import {
  inputOf,
  noCost,
  numberParameter,
  sampleShape,
  type Layer,
  type Mend,
  type Parameters,
  type ShapeContext,
  type Task,
} from '../layer.ts'
import { insertBefore } from './mends.ts'

const taskOf = ({ task }: Parameters): Task =>
  task === 'regress' || task === 'next-token' ? task : 'classify'

/** What the last axis counts: one word, and several of them. */
const scored: Record<Task, { axis: string; many: string }> = {
  classify: { axis: 'classes', many: 'classes' },
  regress: { axis: 'targets', many: 'targets' },
  'next-token': { axis: 'vocabulary', many: 'tokens' },
}

/** The end of a network. What it expects and how it is scored follow from the data's task. */
export const output: Layer = {
  kind: 'output',
  title: 'Output',
  group: 'Input and output',
  help: 'The end of the network: one score (logit) per class, one number per target, or a score for every token at every step, as the data asks. Scores are compared with the true class or the next token by cross-entropy, so no softmax is needed before it.',
  formula: 'scores: loss = −log softmax(x)[class]; numbers: loss = (x − target)²; averaged over the batch',
  source: {
    title: 'torch.nn.CrossEntropyLoss',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html',
  },
  keywords: ['loss', 'cross-entropy', 'classifier', 'regression', 'language model', 'end', 'target'],
  fields: [
    {
      type: 'number',
      key: 'labelSmoothing',
      title: 'Label smoothing',
      help: 'Share of the target that is spread over all classes; 0.1 keeps a classifier from being too sure.',
      default: 0,
      minimum: 0,
      maximum: 0.9,
      step: 0.05,
      advanced: true,
      appliesTo: (parameters) => taskOf(parameters) !== 'regress',
    },
    {
      type: 'choice',
      key: 'loss',
      title: 'Loss',
      help: 'Huber counts errors beyond one standard deviation of the target in proportion, not squared: outliers pull less.',
      default: 'mse',
      choices: [
        { value: 'mse', title: 'Mean squared error' },
        { value: 'huber', title: 'Huber' },
      ],
      appliesTo: (parameters) => taskOf(parameters) === 'regress',
    },
  ],
  inputs: ['input'],
  outputs: [],
  withData: (parameters, { task }) => ({ ...parameters, task }),
  summary(parameters) {
    const task = taskOf(parameters)
    if (task === 'regress') return parameters['loss'] === 'huber' ? 'Huber loss' : 'mean squared error'
    const smoothing = numberParameter(parameters, 'labelSmoothing', 0)
    const loss = task === 'next-token' ? 'cross-entropy, next token' : 'cross-entropy'
    return smoothing > 0 ? `${loss} · smoothing ${smoothing}` : loss
  },
  shape(inputs, parameters, context) {
    const { data } = context
    const shape = inputOf(inputs)
    const task = taskOf(parameters)
    const { axis, many } = scored[task]
    const rows: Shape = task === 'next-token' ? [batch, data.sample?.[0] ?? symbol('T')] : [batch]
    const wanted = [...rows.map((size) => formatShape([size])), data.classes ?? axis].join(' x ')
    const misfit =
      shape.length !== rows.length + 1 ||
      (data.sample !== null && rows.some((size, i) => !sameDim(size, shape[i] as Dim)))
    if (misfit) {
      const mends = task === 'next-token' ? [] : rowMends(shape, context)
      return { error: { message: `expects ${wanted}, gets ${formatShape(shape)}`, mends } }
    }
    if (data.classes !== null && shape.at(-1) !== data.classes) {
      const message = `expects ${wanted} (the data has ${data.classes} ${many}), gets ${formatShape(shape)}`
      return { error: { message, mends: [widthMend(data.classes, context)] } }
    }
    return { outputs: {} }
  },
  weights: () => [],
  forward: ({ inputs }) => ({ output: inputOf(inputs) }),
  cost(inputs, parameters) {
    const scores = multiply(...sampleShape(inputOf(inputs)))
    if (taskOf(parameters) === 'regress') return { ...noCost, flops: multiply(3, scores) }
    // The softmax that the loss keeps.
    return {
      flops: multiply(5, scores),
      keeps: { inputs: [], outputs: [] },
      extraBytes: multiply(4, scores),
    }
  },
  pytorch(_inputs, parameters) {
    if (taskOf(parameters) === 'regress')
      return parameters['loss'] === 'huber' ? 'nn.HuberLoss()' : 'nn.MSELoss()'
    const smoothing = numberParameter(parameters, 'labelSmoothing', 0)
    return `nn.CrossEntropyLoss(${smoothing > 0 ? `label_smoothing=${smoothing}` : ''})`
  },
}

/** Makes one row of a sample: pooled where sizes vary, else laid out. */
function rowMends(shape: Shape, { node }: ShapeContext): Mend[] {
  if (shape.length <= 2) return []
  return sampleShape(shape).some(isSymbolic)
    ? [insertBefore(node, 'global-pool', 'Global pool')]
    : [insertBefore(node, 'flatten', 'Flatten')]
}

const widthMend = (width: number, { node, widthSource }: ShapeContext): Mend =>
  widthSource
    ? {
        kind: 'set-parameter',
        title: `Set ${widthSource.title} to ${width}`,
        node: widthSource.node,
        key: widthSource.key,
        value: width,
      }
    : insertBefore(node, 'linear', `Linear ${width}`, { outFeatures: width })
