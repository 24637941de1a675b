/** Models to start from. Each trains within a minute on a data set of its kind. */
import { documentVersion, type ModelDocument, type Parameter } from './document.ts'
import type { Template } from './schemas.ts'

type Step = readonly [id: string, kind: string, parameters?: Record<string, Parameter>]

/** A document that runs its layers one after another, laid out left to right in rows of four. */
export function chain(name: string, steps: readonly Step[]): ModelDocument {
  const nodes = steps.map(([id, kind, parameters = {}], i) => ({
    id,
    kind,
    name: '',
    parameters,
    position: { x: (i % 4) * 248, y: Math.floor(i / 4) * 152 },
  }))
  const wires = nodes.slice(1).map((node, i) => {
    const from = nodes[i]?.id ?? ''
    return {
      id: `${from}-${node.id}`,
      from: { node: from, port: 'output' },
      to: { node: node.id, port: 'input' },
    }
  })
  return { format: 'tapedeck-model', version: documentVersion, name, nodes, wires, blocks: [], ties: [] }
}

/** Templates for data with `classes` classes (10 where it is not known yet). */
export function templates(classes = 10): readonly Template[] {
  return [
    {
      id: 'digits-mlp',
      title: 'Digits MLP',
      description: 'Flatten, 256 hidden units, ReLU. The first network for small images such as digits.',
      document: chain('Digits MLP', [
        ['input', 'input'],
        ['flatten', 'flatten'],
        ['hidden', 'linear', { outFeatures: 256 }],
        ['relu', 'relu'],
        ['logits', 'linear', { outFeatures: classes }],
        ['output', 'output'],
      ]),
    },
    {
      id: 'deep-mlp',
      title: 'Deeper MLP with dropout',
      description: 'Two hidden layers with dropout, for images or word counts that a small network overfits.',
      document: chain('Deeper MLP', [
        ['input', 'input'],
        ['flatten', 'flatten'],
        ['hidden1', 'linear', { outFeatures: 256 }],
        ['relu1', 'relu'],
        ['dropout', 'dropout', { p: 0.3 }],
        ['hidden2', 'linear', { outFeatures: 64 }],
        ['relu2', 'relu'],
        ['logits', 'linear', { outFeatures: classes }],
        ['output', 'output'],
      ]),
    },
    {
      id: 'linear',
      title: 'Linear classifier',
      description: 'One layer: the baseline that every deeper network should beat.',
      document: chain('Linear classifier', [
        ['input', 'input'],
        ['flatten', 'flatten'],
        ['logits', 'linear', { outFeatures: classes }],
        ['output', 'output'],
      ]),
    },
  ]
}
