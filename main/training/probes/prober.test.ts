/** Figures of probes against values computed by hand, in float64 and without the engine. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { figureIndex, figures, type Figure } from '../../common/health/figures.ts'
import { datasetSchema } from '../../common/data/dataset.ts'
import { exampleDataset } from '../../common/data/datasetFixture.ts'
import { defaultTrainConfig } from '../../common/training.ts'
import { chain } from '../../common/templates.ts'
import {
  F,
  liveTensors,
  manualSeed,
  optim,
  randn,
  sampleLength,
  sampleStatistics,
  scope,
  tensor,
  zeros,
} from '../../engine/index.ts'
import { writeCheckpoint } from '../checkpoint.ts'
import { arrayOf } from '../run/arrays.ts'
import { Model } from '../model.ts'
import { Prober, type Probe } from './prober.ts'
import { distanceFor } from './sample.ts'
import { due, rarer } from './schedule.ts'
import { Units } from './units.ts'

const dataset = exampleDataset()

let folder = ''
afterEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true })
  folder = ''
  expect(liveTensors()).toBe(0)
})

/** Reads a safetensors file without any of our code: eight bytes of length, a JSON header, the values. */
function readCheckpoint(path: string): Map<string, { shape: number[]; values: number[] }> {
  const file = readFileSync(path)
  const length = Number(file.readBigUInt64LE(0))
  const header = JSON.parse(file.subarray(8, 8 + length).toString()) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            shape,
            data_offsets: [from, to],
          },
        ]) => {
          const bytes = file.subarray(8 + length + from, 8 + length + to)
          const values = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
          return [name, { shape, values }]
        },
      ),
  )
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
const expected = (values: readonly number[]): Record<string, number> => ({
  mean: meanOf(values),
  spread: Math.sqrt(meanOf(values.map((v) => (v - meanOf(values)) ** 2))),
  norm: Math.hypot(...values),
  zeros: values.filter((v) => v === 0).length / values.length,
  notFinite: 0,
})

function probeOf(
  model: Model,
  optimizer: optim.Optimizer,
  batch: number[][],
  labels: number[],
): {
  prober: Prober
  probe: Probe
} {
  const prober = new Prober(model, optimizer, { every: 1, histogramsEvery: 1, factor: 1 })
  scope(() => {
    expect(prober.begin(1)).toBe(true)
    const output = model.forward(tensor(batch), true, {}, undefined, prober.observer)
    const loss = F.crossEntropy(output, tensor(labels, { dtype: 'int64' }))
    loss.backward()
    prober.beforeUpdate()
    const { stats } = optimizer.step({ stats: true })
    if (!stats) throw new Error('no statistics')
    prober.afterUpdate(stats, 0.5, 2)
  })
  const [probe] = prober.take()
  if (!probe) throw new Error('no probe')
  return { prober, probe }
}

it('agrees with a saved checkpoint and batch, computed by hand', () => {
  manualSeed(3)
  const document = chain('by hand', [
    ['i1', 'input'],
    ['l2', 'linear', { outFeatures: 4 }],
    ['r3', 'relu'],
    ['l4', 'linear', { outFeatures: 3 }],
    ['o5', 'output'],
  ])
  const model = new Model(document, dataset)
  const rate = 0.3
  const optimizer = new optim.SGD([...model.namedWeights.values()], { lr: rate })
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-probe-'))
  const job = {
    runId: 1,
    document,
    dataset,
    datasetFolder: folder,
    config: defaultTrainConfig,
    checkpointFolder: folder,
    from: null,
    planned: [],
    again: false,
    untilEpoch: null,
  }
  const saved = readCheckpoint(
    writeCheckpoint(job, {
      name: 'last-0',
      step: 0,
      weights: [...model.tensors].map(([name, weight]) => arrayOf(name, weight)),
      state: [],
      facts: {},
    }).path,
  )
  const batch = Array.from({ length: 6 }, (_, i) => Array.from({ length: 5 }, (_, j) => Math.sin(3 * i + j)))
  const labels = [0, 1, 2, 0, 1, 2]
  const { prober, probe } = probeOf(model, optimizer, batch, labels)

  const ids = prober.layers.map(({ nodeId }) => nodeId)
  expect(prober.layers.map(({ kind }) => kind)).toEqual(['linear', 'relu', 'linear'])
  const [first = '', relu = '', second = ''] = ids
  const weight = (id: string, name: string): number[] => saved.get(`${id}.${name}`)?.values ?? []
  const times = (x: readonly number[], w: readonly number[], b: readonly number[]): number[] =>
    b.map((bias, o) => bias + x.reduce((sum, value, i) => sum + value * (w[o * x.length + i] ?? 0), 0))
  const hidden = batch.map((x) =>
    times(x, weight(first, 'weight'), weight(first, 'bias')).map((v) => Math.max(0, v)),
  )
  const logits = hidden.map((h) => times(h, weight(second, 'weight'), weight(second, 'bias')))
  const slopes = logits.map((row, i) => {
    const total = row.reduce((sum, v) => sum + Math.exp(v), 0)
    return row.map((v, c) => (Math.exp(v) / total - (c === labels[i] ? 1 : 0)) / 6)
  })
  const hiddenSlopes = slopes.map((row, i) =>
    (hidden[i] ?? []).map((h, j) =>
      h > 0 ? row.reduce((sum, s, c) => sum + s * (weight(second, 'weight')[c * 4 + j] ?? 0), 0) : 0,
    ),
  )
  const gradient = (inputs: number[][], outs: number[][]): number[] => {
    const units = outs[0]?.length ?? 0
    const width = inputs[0]?.length ?? 0
    const matrix = Array.from({ length: units * width }, (_, at) =>
      inputs.reduce((sum, x, n) => sum + (x[at % width] ?? 0) * (outs[n]?.[Math.floor(at / width)] ?? 0), 0),
    )
    return [
      ...matrix,
      ...Array.from({ length: units }, (_, o) => outs.reduce((s, row) => s + (row[o] ?? 0), 0)),
    ]
  }
  const all = (id: string): number[] => [...weight(id, 'weight'), ...weight(id, 'bias')]
  const gradients = { [first]: gradient(batch, hiddenSlopes), [second]: gradient(hidden, slopes) }

  const figure = (id: string, name: string): number =>
    probe.figures[ids.indexOf(id) * figures.length + (figureIndex.get(name as Figure) ?? -1)] ?? NaN
  const check = (id: string, part: string, values: readonly number[]): void => {
    for (const [statistic, value] of Object.entries(expected(values)))
      expect(figure(id, `${part}.${statistic}`), `${part}.${statistic}`).toBeCloseTo(value, 5)
  }
  for (const id of [first, second]) {
    check(id, 'weights', all(id))
    check(id, 'gradients', gradients[id] ?? [])
    check(
      id,
      'updates',
      (gradients[id] ?? []).map((g) => -rate * g),
    )
    expect(figure(id, 'updateRatio')).toBeCloseTo(
      Math.log10((rate * Math.hypot(...(gradients[id] ?? []))) / Math.hypot(...all(id))),
      4,
    )
  }
  check(relu, 'activations', hidden.flat())
  check(second, 'activations', logits.flat())
  // The first Linear and its ReLU run as one: what lies between them is not made, so there is nothing to measure.
  expect(figure(first, 'activations.mean')).toBeNaN()
  expect(figure(relu, 'weights.mean')).toBeNaN()
  expect(probe).toMatchObject({ step: 1, epoch: 0.5, seconds: 2 })

  const histogram = probe.histograms.find(
    (one) => one.nodeId === second && one.part === 'gradients',
  )?.histogram
  const values = gradients[second] ?? []
  expect(histogram?.counts.reduce((a, b) => a + b, 0)).toBe(
    values.length - (histogram?.above ?? 0) - (histogram?.below ?? 0),
  )
  expect(histogram?.low).toBeCloseTo(Math.min(...values), 5)
  expect(histogram?.high).toBeCloseTo(Math.max(...values), 5)
  optimizer.dispose()
  model.dispose()
})

it('changes nothing: weights after probed steps are those after steps that were not', () => {
  const document = chain('same', [
    ['i6', 'input'],
    ['l7', 'linear', { outFeatures: 64 }],
    ['t8', 'tanh'],
    ['d9', 'dropout', { rate: 0.3 }],
    ['l10', 'linear', { outFeatures: 3 }],
    ['o11', 'output'],
  ])
  const trained = [0, 1].map((every) => {
    manualSeed(5)
    const model = new Model(document, dataset)
    const optimizer = new optim.Adam([...model.namedWeights.values()], { lr: 0.01 })
    const prober = new Prober(model, optimizer, { every, histogramsEvery: every, factor: 1 })
    for (let step = 1; step <= 6; step++)
      scope(() => {
        const probing = prober.begin(step)
        expect(probing).toBe(every === 1)
        const input = tensor(Array.from({ length: 6 }, (_, i) => [step, i, -i, 1, 0.5]))
        const output = model.forward(input, true, {}, undefined, prober.observer)
        optimizer.zeroGrad()
        F.crossEntropy(output, tensor([0, 1, 2, 0, 1, 2], { dtype: 'int64' })).backward()
        prober.beforeUpdate()
        const { stats } = optimizer.step(probing ? { stats: true } : undefined)
        if (stats) prober.afterUpdate(stats, 0, 0)
      })
    expect(prober.take()).toHaveLength(every * 6)
    const bits = scope(() => [...model.tensors.values()].map((weight) => weight.detach().toTypedArray()))
    optimizer.dispose()
    model.dispose()
    return bits
  })
  expect(trained[0]).toEqual(trained[1])
})

it('counts no padding: activations of texts of any length agree with their own places, computed by hand', () => {
  const texts = datasetSchema.parse({
    ...dataset,
    sampleShape: ['T'],
    content: 'tokens',
    storedDtype: 'int32',
    vocabularySize: 9,
    symbols: { T: { typical: 3, p90: 5, p99: 5, largest: 5, histogram: [] } },
  })
  const document = chain('padded', [
    ['i20', 'input'],
    ['e21', 'embedding', { dimension: 3 }],
    ['l22', 'linear', { outFeatures: 4 }],
    ['r23', 'relu'],
    ['t24', 'tanh'],
    ['g25', 'lstm', { hidden: 2 }],
    ['l26', 'linear', { outFeatures: 3 }],
    ['o27', 'output'],
  ])
  document.wires
    .filter(({ from }) => from.node === 'g25')
    .forEach((wire) => Object.assign(wire.from, { port: 'last' }))
  manualSeed(9)
  const model = new Model(document, texts)
  const weights = new Map(
    [...model.namedWeights].map(([key, weight]) => [
      key,
      scope(() => [...weight.detach().toTypedArray()].map(Number)),
    ]),
  )
  const rows = [
    [1, 2, 3, 4, 5],
    [6, 7],
    [8, 1, 2],
  ]
  const ids = rows.map((row) => Array.from({ length: 5 }, (_, i) => row[i] ?? 0))
  const optimizer = new optim.SGD([...model.namedWeights.values()], { lr: 0.1 })
  const prober = new Prober(model, optimizer, { every: 1, histogramsEvery: 1, factor: 1 })
  const extents = { T: rows.map(({ length }) => length) }
  for (const step of [1, 2])
    scope(() => {
      prober.begin(step)
      model
        .forward(tensor(ids, { dtype: 'int64' }), true, extents, undefined, prober.observer)
        .sum()
        .backward()
      prober.beforeUpdate()
      // Nothing moves: both probes see the same weights.
      optimizer.lr = 0
      const { stats } = optimizer.step({ stats: true })
      if (stats) prober.afterUpdate(stats, 0, 0)
    })
  const probe = prober.take().at(-1)
  const nodes = prober.layers.map(({ nodeId }) => nodeId)
  const figure = (id: string, name: string): number =>
    probe?.figures[nodes.indexOf(id) * figures.length + (figureIndex.get(name as Figure) ?? -1)] ?? NaN
  const of = (key: string): number[] => weights.get(key) ?? []
  const places = rows.flat().map((word) => of('e21.weight').slice(3 * word, 3 * word + 3))
  const hidden = places.map((x) =>
    of('l22.bias').map((bias, o) =>
      Math.max(
        0,
        x.reduce((sum, value, i) => sum + value * (of('l22.weight')[3 * o + i] ?? 0), bias),
      ),
    ),
  )
  const bounded = hidden.map((row) => row.map(Math.tanh))
  const given = { e21: places.flat(), r23: hidden.flat(), t24: bounded.flat() }
  for (const [id, values] of Object.entries(given))
    for (const [statistic, value] of Object.entries(expected(values)))
      expect(figure(id, `activations.${statistic}`), `${id} ${statistic}`).toBeCloseTo(value, 5)
  const silent = of('l22.bias').filter((_, unit) => hidden.every((row) => row[unit] === 0)).length
  expect(figure('r23', 'dead')).toBeCloseTo(silent / 4)
  expect(figure('t24', 'saturated')).toBeCloseTo(
    bounded.flat().filter((value) => value > 0.97).length / bounded.flat().length,
  )
  // Ten words of two units: the six places of padding are in no histogram.
  const states = probe?.histograms.find(({ nodeId, part }) => nodeId === 'g25' && part === 'activations')
  const { counts = [], below = 0, above = 0 } = states?.histogram ?? {}
  expect(counts.reduce((a, b) => a + b, 0) + below + above).toBe(20)
  optimizer.dispose()
  model.dispose()
})

describe('sampled values', () => {
  it('stand for all of them, whatever the sizes', () => {
    manualSeed(1)
    scope(() => {
      // Every column has its own mean: a sample from few columns would show.
      const values = randn([256, 784]).add(tensor(Array.from({ length: 784 }, (_, i) => Math.sin(i))))
      const distance = distanceFor(values.numel, 4096, values.shape)
      const sample = new Float32Array(sampleLength(values.numel, distance))
      sampleStatistics([values], distance, sample)
      expect(sample.length).toBeGreaterThan(3000)
      expect(sample.length).toBeLessThanOrEqual(4096)
      const spread = values.std().item()
      expect(Math.abs(meanOf([...sample]) - values.mean().item())).toBeLessThan(
        (3 * spread) / Math.sqrt(sample.length),
      )
      expect(expected([...sample])['spread']).toBeCloseTo(spread, 1)
    })
  })
})

describe('dead units', () => {
  it('are silent for every sample of the last batches, and live again when they speak', () => {
    const units = new Units()
    const look = (loud: readonly number[]): number | null =>
      scope(() => {
        const result = zeros([4, 3, 2, 2])
        for (const unit of loud) result.select(1, unit).select(0, 2).select(0, 0).select(0, 1).fill_(0.5)
        return units.look(result, 1)
      })
    expect(look([0, 1])).toBeNull()
    expect(look([0, 1])).toBeCloseTo(1 / 3)
    for (let i = 0; i < 5; i++) look([0])
    expect(look([0])).toBeCloseTo(2 / 3)
    expect(look([0, 1, 2])).toBe(0)
    // Silent for one batch is not dead.
    expect(look([])).toBe(0)
  })
})

describe('which steps are probed', () => {
  const probed = (from: number, to: number, factor = 1): number[] =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((step) => due(step, 20, factor))

  it('are ever fewer the longer a run is, so that a long one does not fill the disk', () => {
    expect(probed(1, 50)).toEqual([1, 21, 41])
    expect(probed(1, 20_000)).toHaveLength(1000)
    expect(probed(20_001, 40_000)).toHaveLength(500)
    expect(probed(1, 1_000_000).length).toBeLessThan(4500)
    expect(due(1, 0, 1)).toBe(false)
  })

  it('are fewer after the beginning where a step is small, histograms among them', () => {
    expect(probed(1, 600, 5)).toEqual([1, 21, 41, 61, 81, 101, 121, 141, 161, 181, 201, 301, 401, 501])
    const histograms = probed(1001, 5000, 5).filter((step) => due(step, 100, 5))
    expect(histograms).toEqual([1001, 1501, 2001, 2501, 3001, 3501, 4001, 4501])
  })

  it('are as many as asked where a step is large or of unknown size', () => {
    // 784-256-10 with 32 samples, and a ResNet.
    expect(rarer(3, 39e6, 20)).toBe(5)
    expect(rarer(60, 3e11, 20)).toBe(1)
    expect(rarer(60, null, 20)).toBe(1)
    expect(rarer(2, 1, 20)).toBe(500)
  })
})
