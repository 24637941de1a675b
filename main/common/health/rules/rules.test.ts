import { describe, expect, it } from 'vitest'
import type { Figure, ProbedLayer } from '../figures.ts'
import { partOf, type Measured } from '../rule.ts'
import { assess, rules } from './index.ts'

type Row = Partial<Record<Figure, number | readonly number[]>>

const layer = (title: string, kind: string, weights = 100): ProbedLayer => ({
  nodeId: title.toLowerCase(),
  title,
  kind,
  after: weights > 0 ? null : 'Linear 1',
  squash: kind === 'relu' ? 'rectifier' : kind === 'tanh' ? 'tanh' : null,
  weights,
  sampled: false,
  view: null,
})

/** Layers with a figure each, over ten columns 20 steps apart; one number stands for all columns. */
function measured(given: readonly (readonly [ProbedLayer, Row])[], loss: readonly number[] = []): Measured {
  const steps = Array.from({ length: 10 }, (_, i) => 1 + 20 * i)
  const names = [...new Set(given.flatMap(([, row]) => Object.keys(row) as Figure[]))]
  const columns = (value: Row[Figure]): (number | null)[] =>
    steps.map((_, i) => (value === undefined ? null : typeof value === 'number' ? value : (value[i] ?? null)))
  return {
    layers: given.map(([one]) => one),
    steps,
    rows: Object.fromEntries(names.map((name) => [name, given.map(([, row]) => columns(row[name]))])),
    now: {
      step: 181,
      layers: given.map(([, row]) =>
        Object.fromEntries(names.map((name) => [name, columns(row[name]).at(-1) ?? null])),
      ),
    },
    loss: loss.map((mean, i) => ({ step: (i + 1) * 100, mean })),
    baseline: null,
    rateLowered: 0,
  }
}

const deep = (sizes: readonly number[]): Measured =>
  measured(sizes.map((size, i) => [layer(`Linear ${i + 1}`, 'linear'), { 'gradients.norm': size }]))

const said = (state: Measured, thresholds = {}): string[] => assess(state, thresholds).map(({ rule }) => rule)

describe('says nothing of a healthy network', () => {
  it('whose updates, units and gradients are as usual', () => {
    const state = measured(
      [
        [layer('Linear 1', 'linear'), { updateRatio: -3, 'gradients.norm': 0.2 }],
        [layer('ReLU', 'relu', 0), { dead: 0.02 }],
        [layer('Logits', 'linear'), { updateRatio: -2.5, 'gradients.norm': 0.3 }],
      ],
      [2.3, 2.0, 1.5, 1.1, 0.8, 0.6, 0.5, 0.45, 0.42, 0.4],
    )
    expect(assess(state)).toEqual([])
  })
  it('whose updates a schedule has made small', () => {
    const state = measured([[layer('Linear 1', 'linear'), { updateRatio: -7, 'gradients.norm': 0.2 }]])
    expect(said(state)).toEqual(['updates-small'])
    expect(said({ ...state, rateLowered: 4 })).toEqual([])
    expect(said({ ...state, rateLowered: 1 })).toEqual(['updates-small'])
  })
  it('before the first probe', () => {
    expect(
      assess({ layers: [], steps: [], rows: {}, now: null, loss: [], baseline: null, rateLowered: 0 }),
    ).toEqual([])
  })
})

describe.each<[rule: string, unhealthy: Measured, words: RegExp]>([
  [
    'updates-small',
    measured([
      [layer('Conv 4', 'conv2d'), { updateRatio: [-3, -3, -3, -3, -5.5, -5.5, -5.5, -5.5, -5.5, -5.5] }],
    ]),
    /^Conv 4: an update is only 1\/320,000 of its weights since step 81/,
  ],
  [
    'updates-large',
    measured([[layer('Logits', 'linear'), { updateRatio: -0.4 }]]),
    /^Logits: .* 40 % of its weights, more/,
  ],
  [
    'updates-large',
    measured([[layer('Logits', 'linear'), { updateRatio: 4.4 }]]),
    /^Logits: .* 25,000 times its weights, more/,
  ],
  [
    'no-gradient',
    measured([[layer('Linear 1', 'linear'), { 'gradients.norm': 0, updateRatio: -3.4e38 }]]),
    /gets no gradient, so/,
  ],
  [
    'vanishing',
    deep([1e-6, 1e-5, 1e-4, 1e-3, 1e-2]),
    /Linear 1, the first layer, gets 1\/10,000 .* each layer passes on about 10 %/,
  ],
  ['exploding', deep([1e4, 1e3, 1e2, 10, 1]), /Linear 1, the first layer, gets 10,000 times/],
  [
    'gradient-jump',
    measured([[layer('LSTM', 'lstm'), { 'gradients.norm': [1, 1, 1, 1, 1, 1, 1, 1, 1, 900] }]]),
    /^LSTM: its gradient is 900 times/,
  ],
  [
    'dead-units',
    measured([[layer('ReLU 2', 'relu', 0), { dead: [0, 0, 0, 0.1, 0.4, 0.61, 0.61, 0.61, 0.61, 0.61] }]]),
    /^ReLU 2 \(after Linear 1\): 61 % of its units have been dead since step 81/,
  ],
  [
    'saturated',
    measured([[layer('Tanh', 'tanh', 0), { saturated: 0.8 }]]),
    /^Tanh .*: 80 % of its outputs are saturated\./,
  ],
  [
    'not-finite',
    measured([[layer('Linear', 'linear'), { 'gradients.notFinite': 12 }]]),
    /12 of its gradients are NaN/,
  ],
  [
    'loss-rises',
    measured([], [2.3, 1.6, 1.2, 1.1, 1.4, 2.2, 2.9, 3.3, 3.4, 3.5]),
    /^The loss rises: 3\.45 in the last steps, 1\.15 at its lowest/,
  ],
  [
    'loss-baseline',
    { ...measured([], [0.9, 0.5, 0.3, 0.2, 0.199, 0.2, 0.199, 0.198, 0.2, 0.1985]), baseline: 0.1985 },
    /^The loss, 0\.199, is no better than .* 0\.199: nothing of the samples/,
  ],
  [
    'loss-still',
    measured([], [2.303, 2.302, 2.303, 2.301, 2.302, 2.303, 2.302, 2.301, 2.302, 2.302]),
    /has not moved: 2\.303 .* after 1,000 steps/,
  ],
])('%s', (id, state, words) => {
  it('is said in words with the figure, and only that', () => {
    const verdicts = assess(state)
    expect(verdicts.map(({ rule }) => rule)).toEqual([id])
    expect(verdicts[0]?.words).toMatch(words)
    expect(verdicts[0]?.mend).not.toBe('')
  })
})

describe('says one thing once', () => {
  it('all layers that a rule holds for are one verdict, the worst named first', () => {
    const small = (title: string, ratio: number) => [layer(title, 'linear'), { updateRatio: ratio }] as const
    const verdicts = assess(measured([small('A', -5.2), small('B', -7), small('C', -5.1), small('D', -3)]))
    expect(verdicts).toHaveLength(1)
    expect(verdicts[0]).toMatchObject({ layers: ['b', 'a', 'c'], severity: 'bad' })
    expect(verdicts[0]?.words).toMatch(
      /^B and 2 other layers: an update is only 1\/10,000,000 of their weights/,
    )
    expect(verdicts[0]?.mend).not.toMatch(/times/)
  })
  it('where no layer moves it is the rate, and by how much', () => {
    const verdicts = assess(
      measured(['A', 'B'].map((title) => [layer(title, 'linear'), { updateRatio: -7 }] as const)),
    )
    expect(verdicts[0]?.mend).toBe('A learning rate about 10,000 times higher: no layer moves.')
  })
  it('a layer behind which everything is dead has no verdict of its own', () => {
    const state = measured(
      [
        [layer('Linear 1', 'linear'), { 'gradients.norm': 0 }],
        [layer('ReLU', 'relu', 0), { dead: 1 }],
        [layer('Logits', 'linear'), { 'gradients.norm': 0.2 }],
      ],
      Array.from({ length: 10 }, () => 2.3),
    )
    const verdicts = assess(state)
    expect(verdicts.map(({ rule }) => rule)).toEqual(['dead-units'])
    expect(verdicts[0]?.words).toMatch(
      /dead from the start: .* No gradient gets through to the layers before\./,
    )
    expect(verdicts[0]?.mend).toMatch(/starting weights/)
  })
  it('small updates where gradients vanish are part of that', () => {
    const state = measured(
      [1e-6, 1e-5, 1e-4, 1e-3, 1e-2].map(
        (size, i) =>
          [layer(`Linear ${i}`, 'linear'), { 'gradients.norm': size, updateRatio: -8 + i }] as const,
      ),
    )
    expect(said(state)).toEqual(['vanishing'])
  })
  it('a good run whose loss is nearly nothing may go up and down', () => {
    expect(said(measured([], [2.3, 1, 0.4, 0.1, 0.05, 0.01, 0.004, 0.002, 0.006, 0.008]))).toEqual([])
  })
})

it('takes the thresholds that a person sets', () => {
  const state = measured([[layer('ReLU', 'relu', 0), { dead: 0.3 }]])
  expect(said(state)).toEqual(['dead-units'])
  expect(said(state, { 'dead-units': 0.35 })).toEqual([])
})

it('judges depth in deep networks only, and not by layers that cannot be compared', () => {
  expect(said(deep([1e-6, 1e-3, 1]))).toEqual([])
  const norms = measured([
    [layer('Embedding', 'embedding', 1e6), { 'gradients.norm': 1e-6 }],
    ...[1, 1, 1].map((size, i) => [layer(`Linear ${i}`, 'linear'), { 'gradients.norm': size }] as const),
  ])
  expect(said(norms)).toEqual([])
})

it('gives the worst first, and each rule a threshold within its bounds and a source', () => {
  const state = measured([
    [layer('A', 'linear'), { updateRatio: -0.9 }],
    [layer('B', 'relu', 0), { dead: 0.9 }],
  ])
  expect(assess(state).map(({ severity }) => severity)).toEqual(['bad', 'watch'])
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
  for (const { threshold, source } of rules) {
    expect(threshold.default).toBeGreaterThanOrEqual(threshold.minimum)
    expect(threshold.default).toBeLessThanOrEqual(threshold.maximum)
    expect(source.url).toMatch(/^https:/)
  }
})

it.each([
  [0.61, '61 %'],
  [0.054, '5.4 %'],
  [1 / 140, '1/140'],
  [10 ** -5.08, '1/120,000'],
  [0, '0 %'],
  [1e-30, '1/1e30'],
])('writes the share %s as %s', (value, text) => expect(partOf(value)).toBe(text))
