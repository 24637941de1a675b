import { formatShape, multiply } from '../dims.ts'
import { inputOf, type Layer, type Mend } from '../layer.ts'

/** The end of a classifier: one logit per class, trained with cross-entropy. */
export const output: Layer = {
  kind: 'output',
  title: 'Output',
  group: 'Input and output',
  help: 'The end of the network: one score (logit) per class. Training compares them with the true class by cross-entropy, so no softmax is needed before it.',
  formula: 'loss = -log softmax(x)[class], averaged over the batch',
  source: {
    title: 'torch.nn.CrossEntropyLoss',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html',
  },
  keywords: ['loss', 'cross-entropy', 'classifier', 'end', 'target'],
  fields: [],
  inputs: ['input'],
  outputs: [],
  summary: () => 'cross-entropy',
  shape(inputs, _parameters, { node, data, widthSource }) {
    const shape = inputOf(inputs)
    const classes = data.classes
    const wanted = `B x ${classes ?? 'classes'}`
    if (shape.length !== 2) {
      const mends: Mend[] =
        shape.length > 2
          ? [
              {
                kind: 'insert-before',
                title: 'Insert Flatten',
                node,
                port: 'input',
                layer: 'flatten',
                parameters: {},
              },
            ]
          : []
      return { error: { message: `expects ${wanted}, gets ${formatShape(shape)}`, mends } }
    }
    if (classes !== null && shape[1] !== classes) {
      const mends: Mend[] = widthSource
        ? [
            {
              kind: 'set-parameter',
              title: `Set ${widthSource.title} to ${classes}`,
              node: widthSource.node,
              key: widthSource.key,
              value: classes,
            },
          ]
        : [
            {
              kind: 'insert-before',
              title: `Insert Linear ${classes}`,
              node,
              port: 'input',
              layer: 'linear',
              parameters: { outFeatures: classes },
            },
          ]
      const message = `expects ${wanted} (the data has ${classes} classes), gets ${formatShape(shape)}`
      return { error: { message, mends } }
    }
    return { outputs: {} }
  },
  weights: () => [],
  forward: ({ inputs }) => ({ output: inputOf(inputs) }),
  cost: (inputs) => {
    const width = inputOf(inputs)[1] ?? 0
    return {
      flops: typeof width === 'number' ? 5 * width : 0,
      // The softmax that the loss keeps.
      keeps: { inputs: [], outputs: [] },
      extraBytes: multiply(4, width),
    }
  },
  pytorch: () => 'nn.CrossEntropyLoss()',
}
