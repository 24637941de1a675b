/** The learning-rate range test through the whole workbench: every kind of task, cancelled, beside a run. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { usualRange, type Range, type RangeTest } from './common/rangeTest.ts'
import type { Dataset } from './common/data/dataset.ts'
import { defaultTrainConfig, usualLearningRate, type TrainConfig } from './common/training.ts'
import { chain, fitToData } from './common/templates.ts'
import { dataShape } from './common/trainable.ts'
import { Bench, template } from './workbenchFixture.ts'

let bench: Bench
let digits: Dataset

beforeAll(async () => {
  bench = await Bench.open()
  digits = await bench.importSample('digits')
})
afterAll(() => bench.remove())

const ask = (
  config: Partial<TrainConfig> = {},
  range: Partial<Range> = {},
  document = template('digits-mlp'),
  dataset = digits,
  signal?: AbortSignal,
) =>
  bench.client.training.rangeTest(
    { document, datasetId: dataset.id, config: { ...defaultTrainConfig, ...config }, range },
    ...(signal ? [{ signal }] : []),
  )

async function test(...asked: Parameters<typeof ask>): Promise<RangeTest> {
  const stream = await ask(...asked)
  for (;;) {
    const next = await stream.next()
    if (next.done) return next.value
    expect(next.value.points).toHaveLength(next.value.done)
  }
}

it('finds a rate that trains, the same each time, and keeps nothing', async () => {
  const found = await test({ seed: 3 })
  expect(found.suggestion).toBeGreaterThan(usualLearningRate.sgd / 10)
  expect(found.suggestion).toBeLessThan(usualLearningRate.sgd * 10)
  expect(found.diverged).toBeGreaterThan(found.suggestion ?? Infinity)
  expect(found.points.length).toBeLessThan(150)
  expect(await test({ seed: 3 })).toEqual(found)
  expect((await test({ seed: 4 })).points).not.toEqual(found.points)
  expect(await bench.client.runs.list()).toEqual([])
})

it('is the first steps of a run: its first loss is the run’s first loss', async () => {
  const { points } = await test({ clipNorm: 1, accumulate: 2 }, { low: 0.02, high: 0.02001, steps: 20 })
  const runId = await bench.start(digits, { clipNorm: 1, accumulate: 2, epochs: 1 })
  await bench.ended(runId)
  const run = await bench.points(runId, 'batch/loss')
  expect(points[0]?.loss).toBeCloseTo(run[0]?.[1] ?? NaN, 6)
  expect(points[10]?.loss).toBeCloseTo(run[10]?.[1] ?? NaN, 1)
})

it.each([
  [
    'topics',
    'adamw',
    [
      ['input', 'input'],
      ['embed', 'embedding', { dimension: 24 }],
      ['pool', 'global-pool'],
    ],
  ],
  [
    'story',
    'lion',
    [
      ['input', 'input'],
      ['embed', 'embedding', { dimension: 24 }],
    ],
  ],
  [
    'houses',
    'rmsprop',
    [
      ['input', 'input'],
      ['hidden', 'linear', { outFeatures: 32 }],
      ['relu', 'relu'],
    ],
  ],
  [
    'any-size',
    'adagrad',
    [
      ['input', 'input'],
      ['conv', 'conv2d', { outChannels: 8, kernel: 3 }],
      ['pool', 'global-pool'],
    ],
  ],
] as const)('works for %s with %s', async (sample, optimizer, layers) => {
  const dataset = await bench.importSample(sample)
  const document = fitToData(
    chain(sample, [...layers, ['scores', 'linear', { outFeatures: 7 }], ['output', 'output']]),
    dataShape(dataset),
  )
  const found = await test({ optimizer }, { steps: 100 }, document, dataset)
  const { low, high } = usualRange(optimizer)
  expect(found).toMatchObject({ optimizer, low, high })
  // A mean over a linear filter of pictures learns too slowly to see, and that is said.
  if (sample === 'any-size') expect(found.rule).toContain('did not fall at any rate')
  else expect(found.suggestion).toBeGreaterThan(low)
})

it('ends at a rate where the loss is no longer a number', async () => {
  const found = await test({}, { low: 1, high: 1e6, steps: 40 })
  expect(found.diverged).toBeLessThan(1e6)
  expect(found.points.every(({ loss }) => Number.isFinite(loss))).toBe(true)
})

it('refuses rates that do not rise', async () => {
  await expect(test({}, { low: 1e5 })).rejects.toMatchObject({
    data: { code: 'training/range', what: expect.stringContaining('100000 to 200') as string },
  })
  await expect(test({}, { low: 1, high: 0.1 })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
})

it('is cancelled by leaving the stream, and the engine is free at once', async () => {
  const stream = await ask({}, { steps: 2000 })
  await stream.next()
  await stream.return?.(undefined as never)
  expect((await test({}, { steps: 20 })).points.length).toBeGreaterThan(0)
})

it('gives way to a run, which is the run that it would have been', async () => {
  const alone = await bench.start(digits, { epochs: 1 })
  await bench.ended(alone)
  const stream = await ask({}, { steps: 2000 })
  await stream.next()
  // The engine does one thing at a time.
  await expect(test()).rejects.toMatchObject({ data: { code: 'training/busy' } })
  const after = await bench.start(digits, { epochs: 1 })
  const left = (async () => {
    while (!(await stream.next()).done);
  })()
  await expect(left).rejects.toMatchObject({ data: { code: 'training/test-ended' } })
  await expect(test()).rejects.toMatchObject({ data: { code: 'training/busy' } })
  await bench.ended(after)
  const sums = await Promise.all([alone, after].map((runId) => bench.client.runs.get({ runId })))
  expect(sums[1]?.weightsSha256).toBe(sums[0]?.weightsSha256)
})
