import { describe, expect, it } from 'vitest'
import { templates } from '../templates.ts'
import { defaultTrainConfig } from '../training.ts'
import { trialSubject } from './apply.ts'
import { sweepField, sweepFields } from './fields.ts'
import { grouped } from './grouped.ts'
import { epochsOf } from './next.ts'
import { sweepSpecSchema, type Choice, type Dimension, type SweepSpec } from './spec.ts'
import { sizeOf, trialsOf, trialText } from './trials.ts'

const document = templates().find(({ id }) => id === 'digits-mlp')!.document
const linear = document.nodes.find(({ kind }) => kind === 'linear')!

const spec = (more: Partial<SweepSpec> = {}): SweepSpec =>
  sweepSpecSchema.parse({
    document,
    datasetId: 'd',
    config: defaultTrainConfig,
    dimensions: [],
    method: { kind: 'grid' },
    objective: { metric: 'val/accuracy', direction: 'max' },
    ...more,
  })

const range = (
  setting: string,
  low: number,
  high: number,
  scale: 'linear' | 'log',
  points = 2,
): Dimension => ({ setting, values: { kind: 'range', low, high, scale, points } })
const list = (setting: string, values: Choice[]): Dimension => ({
  setting,
  values: { kind: 'list', values },
})
const rate = range('learningRate', 1e-4, 1e-1, 'log', 4)
const batch = list('batchSize', [16, 32, 64])

describe('fields', () => {
  it('are the numbers and choices of the configuration, and those of every layer', () => {
    const settings = sweepFields(document).map(({ setting }) => setting)
    expect(settings).toEqual(
      expect.arrayContaining([
        'learningRate',
        'batchSize',
        'optimizer',
        'schedule.kind',
        'augmentation.mixup',
        'earlyStopping.patience',
        `layers.${linear.id}.outFeatures`,
      ]),
    )
    for (const never of [
      'seed',
      'overfitBatch',
      'probeEvery',
      'betas',
      'disabledRewrites',
      'checkpoints.keep',
    ])
      expect(settings).not.toContain(never)
  })

  it('know what may be', () => {
    expect(sweepField(document, 'lr')).toMatchObject({ setting: 'learningRate', kind: 'number', short: 'lr' })
    expect(sweepField(document, 'batch')).toMatchObject({ kind: 'integer', minimum: 1, maximum: 65536 })
    expect(sweepField(document, 'clipNorm').mayBeOff).toBe(true)
    expect(sweepField(document, 'optimizer').choices[0]).toEqual({ value: 'sgd', title: 'SGD' })
    expect(sweepField(document, `${linear.id}.outFeatures`).kind).toBe('integer')
    expect(() => sweepField(document, 'learningrate')).toThrowError(/"learningrate" is no setting/)
  })
})

describe('grid', () => {
  it('is every combination with every seed, the seeds of one together', () => {
    const all = spec({ dimensions: [rate, batch], seeds: 2 })
    expect(sizeOf(all)).toEqual({ combinations: 12, runs: 24 })
    const trials = trialsOf(all)
    expect(trials).toHaveLength(24)
    expect(new Set(trials.map((trial) => JSON.stringify(trial.choices) + trial.seed)).size).toBe(24)
    expect(trials[0]).toEqual({ number: 1, choices: { learningRate: 1e-4, batchSize: 16 }, seed: 1 })
    expect(trials[1]).toEqual({ number: 2, choices: { learningRate: 1e-4, batchSize: 16 }, seed: 2 })
    expect(new Set(trials.map(({ choices }) => choices['learningRate']))).toEqual(
      new Set([1e-4, 1e-3, 1e-2, 1e-1]),
    )
  })

  it('without dimensions is one run for every seed', () => {
    expect(trialsOf(spec({ seeds: 5 })).map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5])
  })

  it('takes whole numbers once, and a budget cuts it short', () => {
    const few = range('batchSize', 1, 3, 'linear', 9)
    expect(trialsOf(spec({ dimensions: [few] })).map(({ choices }) => choices['batchSize'])).toEqual([
      1, 2, 3,
    ])
    const cut = spec({ dimensions: [rate, batch], budget: { runs: 5, minutes: null } })
    expect(trialsOf(cut)).toHaveLength(5)
    expect(sizeOf(cut).runs).toBe(12)
  })

  it.each<[string, Partial<SweepSpec>]>([
    ['swept twice', { dimensions: [batch, { ...batch, setting: 'batch' }] }],
    ['is no range', { dimensions: [range('learningRate', 0, 1, 'log')] }],
    ['is no range', { dimensions: [range('learningRate', 1, 0.1, 'log')] }],
    ['is no range', { dimensions: [{ ...rate, setting: 'optimizer' }] }],
    ['would be 8,000 runs', { dimensions: [range('learningRate', 1e-4, 1e-1, 'log', 80)], seeds: 100 }],
    ['one seed each', { method: { kind: 'halving', trials: 3, seed: 1, minEpochs: 1, eta: 3 }, seeds: 2 }],
    [
      'cannot be swept',
      {
        method: { kind: 'halving', trials: 3, seed: 1, minEpochs: 1, eta: 3 },
        dimensions: [{ ...batch, setting: 'epochs' }],
      },
    ],
    ['has only 5', { method: { kind: 'halving', trials: 3, seed: 1, minEpochs: 6, eta: 3 } }],
  ])('refuses what %s', (words, more) => {
    expect(() => trialsOf(spec(more))).toThrowError(words)
  })
})

describe('random', () => {
  const random = (trials: number, seed = 1) =>
    spec({ dimensions: [rate, batch], method: { kind: 'random', trials, seed } })

  it('draws the same from the same seed, and other values from another', () => {
    expect(trialsOf(random(20))).toEqual(trialsOf(random(20)))
    expect(trialsOf(random(20))).not.toEqual(trialsOf(random(20, 2)))
    // More trials begin with the same ones.
    expect(trialsOf(random(30)).slice(0, 20)).toEqual(trialsOf(random(20)))
  })

  it('spreads evenly over the decades of a logarithmic range, and over a list', () => {
    const trials = trialsOf(random(1500))
    const decades = [0, 0, 0]
    const batches = new Map<unknown, number>()
    for (const { choices } of trials) {
      decades[Math.floor(Math.log10(Number(choices['learningRate'])) + 4)]!++
      batches.set(choices['batchSize'], (batches.get(choices['batchSize']) ?? 0) + 1)
    }
    // 500 each, four standard deviations (18.3) either way.
    for (const count of [...decades, ...batches.values()]) expect(Math.abs(count - 500)).toBeLessThan(73)
    expect(batches.size).toBe(3)
  })

  it('reaches both ends of whole numbers as often as what lies between', () => {
    const dice = range('batchSize', 1, 6, 'linear')
    const trials = trialsOf(
      spec({ dimensions: [dice, rate], method: { kind: 'random', trials: 1200, seed: 3 } }),
    )
    const counts = grouped(trials, ({ choices }) => choices['batchSize'])
    expect([...counts.keys()].toSorted()).toEqual([1, 2, 3, 4, 5, 6])
    for (const some of counts.values()) expect(Math.abs(some.length - 200)).toBeLessThan(52)
  })

  it('ends when there is nothing else to draw', () => {
    const few = spec({ dimensions: [batch], method: { kind: 'random', trials: 20, seed: 1 } })
    expect(trialsOf(few)).toHaveLength(3)
  })
})

describe('a trial', () => {
  it('is the configuration and the model with its choices', () => {
    const choices = {
      learningRate: 0.01,
      'schedule.kind': 'cosine',
      'earlyStopping.patience': 3,
      clipNorm: null,
      [`layers.${linear.id}.outFeatures`]: 17,
    }
    const { config, document: changed } = trialSubject(spec(), choices, 9)
    expect(config).toMatchObject({ learningRate: 0.01, seed: 9, clipNorm: null })
    expect(config.schedule).toEqual({ ...defaultTrainConfig.schedule, kind: 'cosine' })
    expect(config.earlyStopping).toEqual({ metric: 'val/loss', patience: 3, minDelta: 0 })
    expect(changed.nodes.find(({ id }) => id === linear.id)?.parameters['outFeatures']).toBe(17)
    expect(linear.parameters['outFeatures']).not.toBe(17)
  })

  it.each<[string, Record<string, number>]>([
    ['Learning rate cannot be -1', { learningRate: -1 }],
    ['Outputs cannot be 0', { [`layers.${linear.id}.outFeatures`]: 0 }],
  ])('is refused by name: %s', (words, choices) => {
    expect(() => trialSubject(spec(), choices, 1)).toThrowError(words)
  })

  it('says what was chosen', () => {
    const all = spec({ dimensions: [rate, batch], seeds: 2 })
    expect(trialText(all, trialsOf(all)[7]!)).toBe('lr 0.001 · batch 16 · seed 2')
    expect(trialText(spec({ seeds: 2 }), { choices: {}, seed: 2 })).toBe('seed 2')
  })

  it('adds up to epochs', () => {
    const epochs = list('epochs', [1, 4])
    expect(epochsOf(spec({ dimensions: [epochs, batch], seeds: 2 }))).toBe(2 * 3 * 5)
  })
})
