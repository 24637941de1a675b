/** What runs say of validation samples: told with checkpoints, kept through going on and forks, compared by content. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ModelDocument } from './common/document.ts'
import type { Dataset } from './common/data/dataset.ts'
import type { KeptPredictions, PredictionsPage } from './common/predictions/predictions.ts'
import { metrics } from './common/schemas.ts'
import { overfitConfig, defaultTrainConfig } from './common/training.ts'
import { Bench } from './workbenchFixture.ts'

let bench: Bench
let digits: Dataset
let first: number

beforeAll(async () => {
  bench = await Bench.open()
  digits = await bench.importSample('digits')
  first = await bench.start(digits, { epochs: 3 })
  await bench.ended(first)
})
afterAll(() => bench.remove())

const boxesOf = async (a: number, b: number): Promise<Record<string, number>> => {
  const { boxes } = await bench.client.runs.disagreements({ a, b })
  return Object.fromEntries(boxes.map(({ box, count }) => [box, count]))
}

it('keeps what the best epoch says of every validation sample, as its metrics say', async () => {
  const { summaries, checkpoints } = await bench.client.runs.get({ runId: first })
  const best = checkpoints.find(({ kind }) => kind === 'best')!
  const { head } = await everyAnswer(first)
  expect(head).toMatchObject({ kept: 'best', step: best.step, datasetId: digits.id, split: 'validation' })
  expect(head.count).toBe(digits.validationCount)

  const { rows: answers } = await everyAnswer(first, 'last')
  expect(answers.map(({ row }) => row)).toEqual(
    Array.from({ length: head.count }, (_, at) => digits.trainCount + at),
  )
  let [right, loss] = [0, 0]
  const stored = await bench.client.data.samplesAt({
    datasetId: digits.id,
    rows: answers.slice(0, 200).map(({ row }) => row),
  })
  for (const [at, { answer }] of answers.entries()) {
    if (answer.task !== 'classify') throw new Error(answer.task)
    const sample = stored[at]
    if (sample) expect(answer.target).toBe(digits.classes[sample.classIndex!]!.name)
    right += Number(answer.predicted === answer.target)
    loss += answer.loss!
    expect(answer.probability!).toBeGreaterThanOrEqual(answer.ofTarget! - 1e-6)
    expect(Math.exp(-answer.loss!)).toBeCloseTo(answer.ofTarget!, 5)
  }
  expect(right / head.count).toBeCloseTo(summaries[metrics.valAccuracy]!.last, 10)
  expect(loss / head.count).toBeCloseTo(summaries[metrics.valLoss]!.last, 5)
})

it('lists the worst first', async () => {
  const { rows } = await bench.client.runs.predictions({ runId: first, order: 'loss', limit: 200 })
  const losses = rows.map(({ answer }) => answer.loss!)
  expect(losses).toEqual(losses.toSorted((a, b) => b - a))
})

it('counts what a second run mends and breaks, and lists it', async () => {
  const other = await bench.start(digits, { epochs: 1, learningRate: 0.002, seed: 2 })
  await bench.ended(other)
  const counts = await boxesOf(other, first)
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(digits.validationCount)
  expect(counts['mended']).toBeGreaterThan(0)
  // Seen from the other side, what is mended is broken.
  const back = await boxesOf(first, other)
  expect([back['mended'], back['broken']]).toEqual([counts['broken'], counts['mended']])

  const { rows, matchedBy } = await bench.client.runs.disagreements({
    a: other,
    b: first,
    box: 'mended',
    limit: 200,
  })
  expect(matchedBy).toBe('row')
  expect(rows).toHaveLength(Math.min(200, counts['mended']!))
  for (const { a, b } of rows) {
    if (a.task !== 'classify' || b.task !== 'classify') throw new Error(a.task)
    expect(a.predicted).not.toBe(a.target)
    expect(b.predicted).toBe(b.target)
  }
  const later = await bench.client.runs.disagreements({
    a: other,
    b: first,
    box: 'mended',
    offset: 1,
    limit: 1,
  })
  expect(later.rows).toEqual(rows.slice(1, 2))
})

it('keeps them through going on; a fork has its own', async () => {
  await bench.client.training.resumeRun({ runId: first, changes: { epochs: 4 } })
  await bench.ended(first)
  const { rows: _rows, head } = await bench.client.runs.predictions({ runId: first, kept: 'last' })
  expect(head.epoch).toBe(4)

  const { checkpoints } = await bench.client.runs.get({ runId: first })
  const { runId: fork } = await bench.client.training.fork({
    runId: first,
    checkpointId: checkpoints.at(-1)!.id,
    // Nothing better comes of it: only its last epoch speaks for it.
    changes: { epochs: 5, learningRate: 3 },
  })
  await bench.ended(fork)
  const forked = await bench.client.runs.predictions({ runId: fork })
  expect(forked.head).toMatchObject({ runId: fork, kept: 'last', epoch: 5 })
})

it('has none of a run on one batch, and says so', async () => {
  const runId = await bench.start(digits, { ...overfitConfig(defaultTrainConfig), epochs: 2 })
  await bench.ended(runId)
  await expect(bench.client.runs.predictions({ runId })).rejects.toThrow('on one batch')
  await expect(bench.client.runs.disagreements({ a: first, b: runId })).rejects.toMatchObject({
    data: { code: 'predictions/none' },
  })
})

it('finds the same samples by their content when the data are read again with more in them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapedeck-grown-'))
  try {
    const shapes = await sampleFolder('shapes', folder)
    const before = await bench.importAs(shapes, (await bench.client.data.inspect({ path: shapes })).options)
    const a = await bench.start(before, { epochs: 1 }, await fitted(before, 'digits-mlp'))
    await bench.ended(a)
    const [classFolder] = readdirSync(shapes, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    const within = join(shapes, classFolder!.name)
    for (const name of readdirSync(within).slice(0, 3)) rmSync(join(within, name))
    const after = await bench.importAs(shapes, (await bench.client.data.inspect({ path: shapes })).options)
    expect(after.id).not.toBe(before.id)
    const b = await bench.start(after, { epochs: 1 }, await fitted(after, 'digits-mlp'))
    await bench.ended(b)
    const { matchedBy, boxes, onlyA, onlyB } = await bench.client.runs.disagreements({ a, b })
    expect(matchedBy).toBe('content')
    const paired = boxes.reduce((sum, { count }) => sum + count, 0)
    expect(paired + onlyA).toBe(before.validationCount)
    expect(paired + onlyB).toBe(after.validationCount)
    expect(paired).toBeGreaterThan(before.validationCount - 4)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it.each([
  ['houses', 'tabular-mlp'],
  ['story', 'small-gpt'],
])('of %s have the mean loss that the epoch had', { timeout: 60_000 }, async (sample, model) => {
  const dataset = await bench.importSample(sample)
  const runId = await bench.start(dataset, { epochs: 1 }, await fitted(dataset, model))
  await bench.ended(runId)
  const { head, rows } = await everyAnswer(runId)
  const { summaries } = await bench.client.runs.get({ runId })
  expect(rows).toHaveLength(head.total)
  const mean = rows.reduce((sum, { answer }) => sum + answer.loss!, 0) / rows.length
  expect(mean / summaries[metrics.valLoss]!.last).toBeCloseTo(1, 5)
  let error = 0
  for (const { answer } of rows)
    if (answer.task === 'regress') error += Math.abs(answer.values[0]!.predicted! - answer.values[0]!.wanted!)
    else if (answer.task === 'next-token') error += answer.right!
  const told = summaries[metrics.valError] ?? summaries[metrics.valAccuracy]
  expect(error / rows.length / told!.last).toBeCloseTo(1, 5)
})

async function everyAnswer(runId: number, kept: KeptPredictions | null = null): Promise<PredictionsPage> {
  const first = await bench.client.runs.predictions({ runId, kept, limit: 200 })
  const rows = [...first.rows]
  for (let offset = 200; offset < first.head.count; offset += 200)
    rows.push(...(await bench.client.runs.predictions({ runId, kept, offset, limit: 200 })).rows)
  return { head: first.head, rows }
}

async function fitted(dataset: Dataset, id: string): Promise<ModelDocument> {
  const found = (await bench.client.models.templates({ datasetId: dataset.id })).find((one) => one.id === id)
  if (!found) throw new Error(`no template ${id}`)
  return found.document
}

async function sampleFolder(id: string, into: string): Promise<string> {
  const sample = (await bench.client.data.samples()).find((set) => set.id === id)
  if (!sample) throw new Error(`no sample set ${id}`)
  const path = join(into, id)
  cpSync(sample.path, path, { recursive: true })
  return path
}
