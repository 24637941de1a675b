/** Runs that go wrong: what they say, what they leave, and that the workbench goes on. */
import Database from 'better-sqlite3'
import { existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { metrics, type RunDetail } from './common/schemas.ts'
import { type Dataset } from './common/data/dataset.ts'
import { augmentationSchema, type TrainConfig } from './common/training.ts'
import type { ModelDocument } from './common/document.ts'
import { chain, fitToData } from './common/templates.ts'
import { dataShape } from './common/trainable.ts'
import { readSafetensors } from './export/safetensors.ts'
import { Bench } from './workbenchFixture.ts'

let bench: Bench
let digits: Dataset

beforeAll(async () => {
  bench = await Bench.open()
  digits = await bench.importSample('digits')
})
afterAll(() => bench.remove())

async function ended(config: Partial<TrainConfig>, document?: ModelDocument): Promise<RunDetail> {
  const runId = await bench.start(digits, config, document)
  await bench.ended(runId)
  return bench.client.runs.get({ runId })
}

/** A classifier with an operator of one's own before its last layer. */
const withOperator = (forward: string, backward: string): ModelDocument =>
  chain('With an operator', [
    ['input', 'input'],
    ['flatten', 'flatten'],
    ['hidden', 'linear', { outFeatures: 16 }],
    ['own', 'custom', { inputs: 'input', outputs: 'output', forward, backward }],
    ['logits', 'linear', { outFeatures: 10 }],
    ['output', 'output'],
  ])

/** Afterwards another run trains as if nothing had been. */
async function stillTrains(): Promise<void> {
  expect((await ended({ epochs: 1 })).status).toBe('finished')
}

describe('numbers that are not finite', () => {
  it('of a rate of a million: names the layer, the growth of the weights, and goes back', async () => {
    const run = await ended({ epochs: 3, learningRate: 1e6 })
    expect(run.status).toBe('failed')
    const { notFinite } = run
    expect(notFinite).toMatchObject({ seen: 'loss', learningRate: 1e6, step: run.steps + 1, batchSize: 32 })
    expect(notFinite?.producer).toMatchObject({
      op: 'linear',
      pass: 'forward',
      nodeId: expect.stringMatching(/hidden|logits/) as string,
    })
    expect(notFinite?.causes[0]).toMatch(
      /^The learning rate 1e6 is .* times the 0\.02 that SGD usually starts with; weights have grown to /,
    )
    expect(notFinite?.rows).toHaveLength(32)
    expect(notFinite?.outputs[0]?.infinite).toBeGreaterThan(0)
    const snapshot = run.checkpoints.at(-1)
    expect(snapshot).toMatchObject({ kind: 'halted', step: run.steps })
    for (const { bytes } of readSafetensors(snapshot?.path ?? '').arrays)
      expect(new Float32Array(new Uint8Array(bytes).buffer).every(Number.isFinite)).toBe(true)
    const back = await bench.client.training.fork({
      runId: run.id,
      checkpointId: null,
      changes: { learningRate: 0.02, epochs: 1 },
    })
    await bench.ended(back.runId)
    expect(await bench.client.runs.get({ runId: back.runId })).toMatchObject({
      status: 'finished',
      parent: { runId: run.id, step: 0 },
    })
  })

  it('of the log of a negative number in an operator of one’s own: names it', async () => {
    const run = await ended({ epochs: 1 }, withOperator('output = log(input)', 'grad_input = grad / input'))
    expect(run.notFinite?.producer).toMatchObject({ op: 'log', pass: 'forward', nodeId: 'own' })
    expect(run.notFinite?.causes[0]).toMatch(/^log in ".*" was given a negative number \(-/)
    expect(run.error?.mend).toMatch(/clamp\(x, 1e-7/)
    expect(run.notFinite?.inputs[0]?.min).toBeLessThan(0)
    await stillTrains()
  })

  it('of a backward that divides by zero, under a loss that is finite: halts before the update', async () => {
    const run = await ended(
      { epochs: 1 },
      withOperator('output = maximum(input, 0)', 'grad_input = grad / maximum(input, 0)'),
    )
    expect(run.notFinite).toMatchObject({ seen: 'gradients', step: 1 })
    expect(run.notFinite?.producer).toMatchObject({ pass: 'backward', nodeId: 'own' })
    expect(run.error?.what).toMatch(/^The gradients became NaN or infinite at step 1/)
    expect(run.steps).toBe(0)
  })

  it('of an operator of one’s own that breaks on the way: what came before is kept, and a fork goes on', async () => {
    const document = withOperator('output = log(6 - input)', 'grad_input = -grad / (6 - input)')
    const run = await ended({ epochs: 20, learningRate: 0.3 }, document)
    const { notFinite } = run
    expect(notFinite?.step).toBeGreaterThan(2)
    expect(notFinite?.producer).toMatchObject({ op: 'log', pass: 'forward', nodeId: 'own' })
    expect(run.summaries[metrics.batchLoss]?.count).toBe(run.steps)
    const snapshot = run.checkpoints.at(-1)
    expect(snapshot).toMatchObject({ kind: 'halted', step: run.steps })
    const fork = await bench.client.training.fork({
      runId: run.id,
      // The weights of the snapshot are at the edge already.
      checkpointId: null,
      changes: { learningRate: 1e-3, epochs: 1 },
    })
    await bench.ended(fork.runId)
    expect((await bench.client.runs.get({ runId: fork.runId })).status).toBe('finished')
  })

  it('leaves running statistics as they were before the step', async () => {
    const document = chain('Normed', [
      ['input', 'input'],
      ['flatten', 'flatten'],
      ['hidden', 'linear', { outFeatures: 16 }],
      ['norm', 'batch-norm'],
      ['logits', 'linear', { outFeatures: 10 }],
      ['output', 'output'],
    ])
    const run = await ended({ epochs: 5, learningRate: 1e6, optimizer: 'adam' }, document)
    expect(run.checkpoints.length).toBeGreaterThan(0)
    for (const { bytes } of readSafetensors(run.checkpoints.at(-1)?.path ?? '').arrays)
      expect(new Float32Array(new Uint8Array(bytes).buffer).every(Number.isFinite)).toBe(true)
  })
})

describe('errors', () => {
  it('a disk that is full when a checkpoint is written', async () => {
    if (!existsSync('/dev/full')) return
    const { id } = await ended({ epochs: 1 })
    const folder = join(bench.folder, 'checkpoints', String(id + 1))
    mkdirSync(folder, { recursive: true })
    // The kernel itself says that there is no space left.
    symlinkSync('/dev/full', join(folder, `step-20.state.safetensors.${process.pid}.tmp`))
    const run = await ended({
      epochs: 1,
      checkpoints: { everySteps: 20, everyMinutes: null, keep: 3, bestMetric: null },
    })
    expect(run).toMatchObject({ id: id + 1, status: 'failed', error: { code: 'training/checkpoint' } })
    expect(run.error?.what).toMatch(/ENOSPC/)
    expect(run.summaries[metrics.batchLoss]?.count).toBe(20)
    expect(run.checkpoints).toEqual([])
    await bench.client.training.resumeRun({ runId: run.id })
    await bench.ended(run.id)
    expect((await bench.client.runs.get({ runId: run.id })).status).toBe('finished')
  })

  it('a database that cannot be written', { timeout: 90_000 }, async () => {
    const full = await Bench.open()
    try {
      const dataset = await full.importSample('digits')
      const runId = await full.start(dataset, { epochs: 1000 })
      await full.until((live) => live.runId === runId && live.storedStep > 0)
      // Somebody else holds the database for longer than a write waits.
      const other = new Database(join(full.folder, 'workspace.db'))
      other.exec('BEGIN IMMEDIATE')
      const live = await full.ended(runId)
      expect(live.status).toBe('failed')
      expect(live.error?.code).toBe('training/not-stored')
      expect(live.error?.mend).toMatch(/resume the run/)
      other.exec('ROLLBACK')
      other.close()
      await full.client.training.resumeRun({ runId, changes: {} })
      await full.until((again) => again.runId === runId && again.step > live.step)
      await full.client.training.stop({ runId })
      expect((await full.client.runs.get({ runId })).status).toBe('stopped')
    } finally {
      await full.remove()
    }
  })

  it.each([
    {
      what: 'a token that the vocabulary does not have',
      sample: 'topics',
      file: 'inputs.bin',
      damage: (bytes: Buffer) => bytes.fill(0xff, 4000, 4003),
      // A GPU finds it while the step goes on, and it is told where somebody next waits.
      says: /\[embedding\] .*16777215|index 16777215 .*found on the GPU/,
    },
    {
      what: 'a class that there is not',
      sample: 'any-size',
      file: 'labels.bin',
      damage: (bytes: Buffer) => bytes.fill(99, 800, 801),
      says: /99/,
    },
  ])('a stored sample that is bad: $what', async ({ sample, file, damage, says }) => {
    const other = await Bench.open()
    try {
      const dataset = await other.importSample(sample)
      const layers: Parameters<typeof chain>[1] =
        sample === 'topics'
          ? [
              ['embed', 'embedding', { dimension: 8 }],
              ['pool', 'global-pool'],
            ]
          : [
              ['conv', 'conv2d', { outChannels: 4, kernel: 3 }],
              ['pool', 'global-pool'],
            ]
      const document = fitToData(
        chain(sample, [
          ['input', 'input'],
          ...layers,
          ['scores', 'linear', { outFeatures: 7 }],
          ['output', 'output'],
        ]),
        dataShape(dataset),
      )
      const path = join(other.folder, 'datasets', dataset.id, file)
      const whole = readFileSync(path)
      writeFileSync(path, damage(Buffer.from(whole)))
      const train = async (): Promise<RunDetail> => {
        const runId = await other.start(dataset, { epochs: 1, batchSize: 8 }, document)
        await other.ended(runId)
        return other.client.runs.get({ runId })
      }
      const run = await train()
      expect(run).toMatchObject({ status: 'failed', error: { code: 'training/operator' } })
      expect(run.error?.what).toMatch(says)
      expect(run.error?.mend).not.toBe('')
      expect(run.summaries[metrics.batchLoss]?.count ?? 0).toBe(run.steps)
      writeFileSync(path, whole)
      expect((await train()).status).toBe('finished')
    } finally {
      await other.remove()
    }
  })

  it('images that cannot be read any more while it trains', async () => {
    const other = await Bench.open()
    try {
      const dataset = await other.importSample('digits')
      const path = join(other.folder, 'datasets', dataset.id, 'inputs.bin')
      const whole = readFileSync(path)
      const augmentation = augmentationSchema.parse({ rotate: 10 })
      const runId = await other.start(dataset, { epochs: 1000, augmentation })
      await other.until((live) => live.runId === runId && live.step > 5)
      truncateSync(path, 1000)
      await other.ended(runId)
      const run = await other.client.runs.get({ runId })
      expect(run).toMatchObject({ status: 'failed', error: { code: 'training/prefetch' } })
      expect(run.error?.what).toMatch(/the stored copy of the data set is cut short at byte \d+/)
      expect(run.error?.mend).toMatch(/import the data again/)
      expect(run.summaries[metrics.batchLoss]?.count).toBe(run.steps)
      expect(run.checkpoints.at(-1)).toMatchObject({ kind: 'last', step: run.steps })
      writeFileSync(path, whole)
      await other.client.training.resumeRun({ runId, changes: {} })
      await other.until((live) => live.runId === runId && live.step > run.steps)
      await other.client.training.stop({ runId })
    } finally {
      await other.remove()
    }
  })

  it('data that has gone, and a checkpoint that is damaged', async () => {
    const run = await ended({ epochs: 1 })
    const path = run.checkpoint ?? ''
    const whole = readFileSync(path)
    writeFileSync(path, whole.subarray(0, 100))
    await bench.client.training.resumeRun({ runId: run.id, changes: { epochs: 2 } })
    const live = await bench.ended(run.id)
    expect(live).toMatchObject({ status: 'failed', error: { code: 'safetensors/damaged' } })
    expect((await bench.client.runs.get({ runId: run.id })).summaries[metrics.batchLoss]?.count).toBe(
      run.steps,
    )
    writeFileSync(path, whole)
    await bench.client.training.resumeRun({ runId: run.id, changes: { epochs: 2 } })
    await bench.ended(run.id)
    expect((await bench.client.runs.get({ runId: run.id })).status).toBe('finished')
  })
})
