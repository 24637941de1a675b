/** Sequence and joining layers on the engine: a batch of unequal sequences against each of them alone. */
import { describe, expect, it } from 'vitest'
import { emptyDocument, type ModelDocument, type Parameter } from '../common/document.ts'
import type { Dataset } from '../common/data/dataset.ts'
import { manualSeed, rand, randint, scope, type Tensor } from '../engine/index.ts'
import { Model } from './model.ts'

type Data = Partial<Dataset>
type Node = readonly [id: string, kind: string, parameters?: Record<string, Parameter>]

const dataset = (data: Data): Dataset =>
  ({
    name: 'test',
    content: 'values',
    task: 'classify',
    vocabularySize: null,
    symbols: { T: { typical: 5, largest: 7 } },
    targets: [],
    classes: [],
    ...data,
  }) as unknown as Dataset

const sequences: Data = {
  sampleShape: ['T', 4],
  task: 'regress',
  targets: [1, 2, 3].map((n) => ({ name: `t${n}`, mean: 0, std: 1 })),
}
const tokens: Data = { ...sequences, sampleShape: ['T'], content: 'tokens', vocabularySize: 9 }

/** Nodes and wires such as `lstm.last -> head.a`; `input` and `output` are there, and ports `input` and `output` may be left out. */
function graph(nodes: readonly Node[], wires: readonly string[]): ModelDocument {
  const port = (text: string, otherwise: string): { node: string; port: string } => {
    const [node = '', name = otherwise] = text.split('.')
    return { node, port: name }
  }
  const all: Node[] = [['input', 'input'], ...nodes, ['output', 'output']]
  return {
    ...emptyDocument(),
    nodes: all.map(([id, kind, parameters = {}]) => ({
      id,
      kind,
      name: '',
      parameters,
      position: { x: 0, y: 0 },
    })),
    wires: wires.flatMap((line, i) =>
      line
        .split(' -> ')
        .slice(1)
        .map((to, j) => ({
          id: `w${i}-${j}`,
          from: port(line.split(' -> ')[j] ?? '', 'output'),
          to: port(to, 'input'),
        })),
    ),
  }
}

const lengths = [5, 2, 7, 1]

function batchOf(data: Dataset, count: number, longest: number): Tensor {
  const sizes = data.sampleShape.map((size) => (size === 'T' ? longest : Number(size)))
  return data.content === 'tokens'
    ? randint(0, data.vocabularySize ?? 1, [count, ...sizes])
    : rand([count, ...sizes])
}

const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray() as Float32Array)

/** The outputs of a batch of unequal lengths are those of its samples one by one, whatever the padding holds. */
function expectAlone(document: ModelDocument, data: Data): void {
  manualSeed(3)
  const model = new Model(document, dataset(data))
  scope(() => {
    const longest = Math.max(...lengths)
    const batch = batchOf(dataset(data), lengths.length, longest)
    const together = model.forward(batch, false, { T: lengths })
    for (const [i, length] of lengths.entries()) {
      const alone = model.forward(batch.narrow(0, i, 1).narrow(1, 0, length), false, { T: [length] })
      const own = together.narrow(0, i, 1)
      const seen = numbers(own.rank === 3 ? own.narrow(1, 0, alone.shape[1] ?? 0) : own)
      for (const [at, value] of numbers(alone).entries()) expect(seen[at]).toBeCloseTo(value, 5)
    }
  })
  model.dispose()
}

describe('a batch of unequal lengths equals its samples one by one', () => {
  const head: Node = ['head', 'linear', { outFeatures: 3 }]
  it.each<[string, readonly Node[], readonly string[], Data]>([
    [
      'embedding, two-layer LSTM both ways, last',
      [
        ['e', 'embedding', { dimension: 6 }],
        ['r', 'lstm', { hidden: 5, layers: 2, bidirectional: true }],
        head,
      ],
      ['input -> e -> r', 'r.last -> head -> output'],
      tokens,
    ],
    ...['mean', 'max', 'last'].flatMap((method): [string, readonly Node[], readonly string[], Data][] => [
      [
        `GRU, pooled (${method})`,
        [['r', 'gru', { hidden: 5 }], ['pool', 'global-pool', { method }], head],
        ['input -> r', 'r.sequence -> pool -> head -> output'],
        sequences,
      ],
      [
        `sequences one after another, pooled (${method})`,
        [
          ['r', 'rnn', { hidden: 4 }],
          ['c', 'concat', { axis: 1, inputs: 3 }],
          ['pool', 'global-pool', { method }],
          head,
        ],
        ['input -> r', 'input -> c.a', 'r.sequence -> c.b', 'input -> c.c', 'c -> pool -> head -> output'],
        sequences,
      ],
    ]),
    [
      'residual and gated',
      [['r', 'rnn', { hidden: 4 }], ['s', 'add'], ['m', 'multiply'], ['r2', 'gru', { hidden: 4 }], head],
      [
        'input -> r',
        'input -> s.a',
        'r.sequence -> s.b',
        's -> m.a',
        'input -> m.b',
        'm -> r2',
        'r2.last -> head -> output',
      ],
      sequences,
    ],
    [
      'positions, reshaped, split, swapped',
      [
        ['e', 'embedding', { dimension: 6, paddingIndex: 0 }],
        ['p', 'positional', { maximum: 7 }],
        ['w', 'positional', { maximum: 20, method: 'sinusoidal' }],
        ['s', 'split', { sizes: [2, 4] }],
        ['wide', 'reshape', { sizes: [-1, 2] }],
        ['c', 'concat', { axis: 1 }],
        ['t', 'transpose'],
        ['pool', 'global-pool', { layout: 'channels-first', method: 'max' }],
        head,
      ],
      [
        'input -> e -> p -> w -> s',
        's.b -> wide',
        's.a -> c.a',
        'wide -> c.b',
        'c -> t -> pool -> head -> output',
      ],
      tokens,
    ],
    [
      'attention, causal attention, cross-attention between sequences of unlike lengths',
      [
        ['e', 'embedding', { dimension: 6 }],
        ['s', 'attention', { heads: 2 }],
        ['c', 'attention', { heads: 3, causal: true, bias: false }],
        ['m', 'reshape', { sizes: [-1, 3] }],
        ['x', 'cross-attention', { heads: 2 }],
        ['y', 'cross-attention', { heads: 3 }],
        ['pool', 'global-pool', { method: 'max' }],
        head,
      ],
      [
        'input -> e -> s -> c -> m',
        'c -> x.query',
        'm -> x.memory',
        'x -> y.query',
        'c -> y.memory',
        'y -> pool -> head -> output',
      ],
      tokens,
    ],
    [
      'transformer blocks, pre- and post-norm, with and without a memory',
      [
        ['in', 'linear', { outFeatures: 6 }],
        ['a', 'transformer-encoder', { heads: 2, norm: 'post', activation: 'relu' }],
        ['b', 'transformer-encoder', { heads: 3, feedForward: 5 }],
        ['c', 'transformer-decoder', { heads: 1 }],
        ['d', 'transformer-decoder', { heads: 2, memory: true }],
        ['pool', 'global-pool'],
        head,
      ],
      ['input -> in -> a -> b -> d.memory', 'in -> c -> d.input', 'd -> pool -> head -> output'],
      sequences,
    ],
    [
      'the last step',
      [
        ['r', 'rnn', { hidden: 3, nonlinearity: 'relu', bias: false }],
        ['l', 'last-step'],
      ],
      ['input -> r', 'r.sequence -> l -> output'],
      sequences,
    ],
  ])('%s', (_, nodes, wires, data) => {
    expectAlone(graph(nodes, wires), data)
  })
})
