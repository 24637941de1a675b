/** The whole workbench without a page: real data, the real engine in its worker, the real store. */
import { createRouterClient } from '@orpc/server'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from './common/api.ts'
import { unpack } from './common/packedSeries.ts'
import { augmentationSchema, defaultTrainConfig, type TrainConfig } from './common/training.ts'
import { metrics, type Live } from './common/schemas.ts'
import { type Dataset } from './common/data/dataset.ts'
import { chain, templates } from './common/templates.ts'
import { readSafetensors } from './export/safetensors.ts'
import { projectRoot } from './paths.ts'
import { openWorkbench, type Workbench } from './workbench.ts'
import { resultOf } from './common/resultOf.ts'

type Client = ContractRouterClient<Contract>

const resources = join(projectRoot(), 'resources')
const workerUrl = new URL('./training/worker.ts', import.meta.url)
const importerUrl = new URL('./data/importWorker.ts', import.meta.url)
const exchangerUrl = new URL('./exchange/exchangeWorker.ts', import.meta.url)
const mlp = templates().find((template) => template.id === 'digits-mlp')?.document
if (!mlp) throw new Error('no digits-mlp template')

let workspace: string
let workbench: Workbench
let client: Client
let digits: Dataset

const open = async (): Promise<void> => {
  workbench = await openWorkbench({
    workspace,
    shell: 'test',
    workerUrl,
    importerUrl,
    exchangerUrl,
    resources,
  })
  client = createRouterClient(workbench.router) as Client
}

async function importSample(id: string): Promise<Dataset> {
  const sample = (await client.data.samples()).find((set) => set.id === id)
  if (!sample) throw new Error(`no sample set ${id}`)
  const { options } = await client.data.inspect({ path: sample.path })
  return resultOf(await client.data.import({ path: sample.path, options }))
}

async function start(config: Partial<TrainConfig>, document = mlp): Promise<number> {
  if (!document) throw new Error('no document')
  const whole = { ...defaultTrainConfig, ...config }
  const { runId } = await client.training.start({
    document,
    datasetId: digits.id,
    config: whole,
    name: null,
  })
  return runId
}

/** Waits until what is live satisfies the condition. */
async function until(condition: (live: Live) => boolean): Promise<Live> {
  const abort = new AbortController()
  try {
    for await (const live of await client.training.watch(undefined, { signal: abort.signal }))
      if (live && condition(live)) return live
  } finally {
    abort.abort()
  }
  throw new Error('the stream of live states ended')
}

const ended = (runId: number) => (live: Live) =>
  live.runId === runId && live.status !== 'running' && live.status !== 'paused'

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'tapedeck-workbench-'))
  await open()
  digits = await importSample('digits')
})
afterAll(async () => {
  await workbench.close()
  rmSync(workspace, { recursive: true, force: true })
})

describe('a run', () => {
  it('learns the digits, and is found again with its metrics, summary and checkpoint', async () => {
    const runId = await start({ epochs: 3 })
    const live = await until(ended(runId))
    expect(live.error).toBeNull()
    expect(live).toMatchObject({
      status: 'finished',
      epoch: 3,
      step: live.totalSteps,
      storedStep: live.totalSteps,
    })

    const run = await client.runs.get({ runId })
    expect(run).toMatchObject({ status: 'finished', epochsDone: 3, parameters: 203530 })
    expect(run.summaries[metrics.valAccuracy]?.last).toBeGreaterThan(0.93)
    expect(run.summaries[metrics.valMacroF1]?.last).toBeGreaterThan(0.93)
    expect(run.summaries[metrics.trainMacroF1]?.count).toBe(3)
    expect(run.summaries[metrics.valF1('7')]?.last).toBeGreaterThan(0.85)
    expect(run.summaries[metrics.batchLoss]?.count).toBe(live.totalSteps)
    // An untrained classifier of K classes starts near ln K.
    const packed = await client.runs.series({
      runIds: [runId],
      metrics: [metrics.batchLoss, metrics.gradientNorm],
      maxBuckets: 5000,
      fromStep: null,
      toStep: null,
    })
    const series = packed.map(unpack)
    expect(series.map((s) => s.metric)).toEqual([metrics.batchLoss, metrics.gradientNorm])
    expect(series[0]?.buckets[0]?.last).toBeGreaterThan(Math.log(10) * 0.8)
    expect(series[0]?.buckets[0]?.last).toBeLessThan(Math.log(10) * 1.3)

    if (!run.checkpoint) throw new Error('no checkpoint')
    const { arrays } = readSafetensors(run.checkpoint)
    expect(arrays.map(({ name, shape }) => [name, shape])).toEqual([
      ['hidden.weight', [256, 784]],
      ['hidden.bias', [256]],
      ['logits.weight', [10, 256]],
      ['logits.bias', [10]],
    ])
    const sidecar: unknown = JSON.parse(readFileSync(run.checkpoint.replace('.safetensors', '.json'), 'utf8'))
    expect(sidecar).toMatchObject({ runId, epochsDone: 3, document: mlp })
  })

  it('gives the same metrics to the last digit for the same seed, and others for another', async () => {
    const values: number[][] = []
    for (const seed of [7, 7, 8]) {
      const runId = await start({ epochs: 1, seed })
      await until(ended(runId))
      const { summaries } = await client.runs.get({ runId })
      values.push(
        [metrics.trainLoss, metrics.valLoss, metrics.valAccuracy].map((m) => summaries[m]?.last ?? NaN),
      )
    }
    expect(values[0]).toEqual(values[1])
    expect(values[0]?.[0]).not.toBe(values[2]?.[0])
  })

  it('pauses, goes on and stops, keeping what it has', async () => {
    const runId = await start({ epochs: 1000 })
    await until((live) => live.step > 20)
    await client.training.pause({ runId })
    const paused = await until((live) => live.status === 'paused')
    await client.training.change({ runId, changes: { learningRate: 0.001 } })
    const slower = await until((live) => live.learningRate === 0.001)
    expect(slower.step).toBe(paused.step)
    await client.training.resume({ runId })
    await until((live) => live.step > paused.step + 20)
    await client.training.stop({ runId })
    const run = await client.runs.get({ runId })
    expect(run.status).toBe('stopped')
    // Best ones come whenever an epoch was better.
    const events = run.events.filter(({ kind, note }) => kind !== 'checkpoint' || !note.startsWith('best'))
    expect(events.map((event) => event.kind)).toEqual([
      'paused',
      'checkpoint',
      'learning-rate',
      'resumed',
      'stopped',
      'checkpoint',
    ])
    expect(events[2]?.note).toBe('lr 0.02 → 0.001')
    expect(run.checkpoint && existsSync(run.checkpoint)).toBe(true)
    expect(run.summaries[metrics.batchLoss]?.count).toBe(run.steps)
  })

  it('halts before an update that would not be finite, with the step, the rate and what to do', async () => {
    const runId = await start({ epochs: 5, learningRate: 100, momentum: 0.99 })
    const live = await until(ended(runId))
    expect(live.status).toBe('failed')
    expect(live.error?.code).toBe('training/not-finite')
    expect(live.error?.what).toMatch(/^The loss became .* at step \d+, with learning rate 100/)
    const run = await client.runs.get({ runId })
    expect(run.error?.mend).toMatch(/Lower the learning rate/)
    if (!run.checkpoint) throw new Error('no checkpoint')
    const { arrays } = readSafetensors(run.checkpoint)
    for (const { bytes } of arrays)
      expect(new Float32Array(bytes.slice().buffer).every(Number.isFinite)).toBe(true)
  })

  it('never holds the main thread while it trains', async () => {
    const runId = await start({ epochs: 1000 })
    await until((live) => live.step > 0)
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const from = (await until((live) => live.storedStep > 0)).storedStep
    await until((live) => live.storedStep > from + 500)
    delay.disable()
    await client.training.stop({ runId })
    // Nanoseconds. The 99th percentile, since on two busy cores the system itself may let a thread wait.
    expect(delay.percentile(99) / 1e6).toBeLessThan(50)
  })

  it('trains on augmented images made beside it: the same numbers for the same seed, ended at once by a stop', async () => {
    const augmentation = augmentationSchema.parse({ shift: 0.1, rotate: 10, mixup: 0.2 })
    const last = async (config: Partial<TrainConfig>): Promise<number | undefined> => {
      const runId = await start({ epochs: 1, batchSize: 64, ...config })
      const live = await until(ended(runId))
      expect(live.error).toBeNull()
      expect(live.waiting).toBeGreaterThanOrEqual(0)
      expect(live.waiting).toBeLessThanOrEqual(1)
      return (await client.runs.get({ runId })).summaries[metrics.valLoss]?.last
    }
    const first = await last({ augmentation, balance: 'sampling' })
    expect(first).toBeLessThan(1.5)
    expect(await last({ augmentation, balance: 'sampling' })).toBe(first)
    expect(await last({ balance: 'sampling' })).not.toBe(first)

    const runId = await start({ epochs: 1000, augmentation })
    await until((live) => live.step > 5)
    await client.training.pause({ runId })
    const { step } = await until((live) => live.status === 'paused')
    await client.training.resume({ runId })
    await until((live) => live.step > step)
    await client.training.stop({ runId })
    expect((await client.runs.get({ runId })).status).toBe('stopped')
  })

  it('is named by what changed', async () => {
    const runId = await start({ epochs: 1 })
    await until(ended(runId))
    expect((await client.runs.get({ runId })).name).toMatch(/^Digits MLP on .* · epochs 1,000 → 1/)
  })
})

describe('refusals', () => {
  it('a model that does not fit the data names both shapes and a mend', async () => {
    const wrong = chain('Too wide', [
      ['input', 'input'],
      ['flatten', 'flatten'],
      ['logits', 'linear', { outFeatures: 12 }],
      ['output', 'output'],
    ])
    await expect(start({}, wrong)).rejects.toMatchObject({
      code: 'REFUSED',
      data: {
        code: 'model/problems',
        what: expect.stringMatching(/expects B x 10 .* gets B x 12/) as string,
        mend: expect.stringMatching(/Set Linear.* to 10/) as string,
      },
    })
  })

  it('a second run while one trains', async () => {
    const runId = await start({ epochs: 1000 })
    await expect(start({})).rejects.toMatchObject({ data: { code: 'training/busy' } })
    await expect(client.runs.remove({ runId })).rejects.toMatchObject({ data: { code: 'runs/active' } })
    await expect(client.data.remove({ datasetId: digits.id })).rejects.toMatchObject({
      data: { code: 'data/in-use' },
    })
    await client.training.stop({ runId })
  })

  it('a path with nothing there', async () => {
    const path = join(workspace, 'nothing')
    await expect(client.data.inspect({ path })).rejects.toMatchObject({
      code: 'REFUSED',
      data: { what: expect.stringContaining(path) as string },
    })
  })

  it('input that the contract does not allow', async () => {
    await expect(start({ epochs: 0 })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})

it('closing while a run trains stops it with a checkpoint, and opening again finds it', async () => {
  const runId = await start({ epochs: 1000 })
  await until((live) => live.step > 5)
  await workbench.close()
  await open()
  const run = await client.runs.get({ runId })
  expect(run.status).toBe('stopped')
  expect(run.checkpoint && existsSync(run.checkpoint)).toBe(true)
  const again = await importSample('digits')
  expect(again.id).toBe(digits.id)
})

describe('a model that is looked at', () => {
  it('shows what every layer makes of one batch, and changes nothing', async () => {
    const ask = () =>
      client.models.oneBatch({ document: mlp, datasetId: digits.id, batchSize: 16, seed: 3, device: 'cpu' })
    const before = (await client.runs.list()).length
    const look = await ask()
    expect(look.size).toBe(16)
    expect(look.expectedLoss).toBeCloseTo(Math.log(10), 12)
    expect(Math.abs(look.loss - Math.log(10))).toBeLessThan(0.6)
    const hidden = look.nodes.find(({ node }) => node === 'hidden')
    expect(hidden?.shape).toEqual([16, 256])
    expect(hidden?.gradientNorm).toBeGreaterThan(0)
    expect(hidden?.picture).toMatchObject({ kind: 'bars', columns: 64 })
    expect(look.nodes.find(({ node }) => node === 'input')).toMatchObject({
      gradientNorm: null,
      notFinite: 0,
    })
    const relu = look.nodes.find(({ node }) => node === 'relu')
    expect(relu?.zeroShare).toBeGreaterThan(0.2)
    expect((await ask()).loss).toBe(look.loss)
    expect(await client.runs.list()).toHaveLength(before)
  })

  it('measures what a step takes', async () => {
    const forecast = await client.models.forecast({
      document: mlp,
      datasetId: digits.id,
      config: defaultTrainConfig,
    })
    expect(forecast.stepsPerEpoch).toBe(Math.ceil(digits.trainCount / 32))
    expect(forecast.stepMs).toBeGreaterThan(0)
    // Weights and their gradients and momentum at the least.
    expect(forecast.peakBytes).toBeGreaterThan(3 * 4 * (784 * 256))
  })

  it('refuses a model that does not fit', async () => {
    const document = chain('wrong', [
      ['input', 'input'],
      ['output', 'output'],
    ])
    const refused = client.models.oneBatch({
      document,
      datasetId: digits.id,
      batchSize: 4,
      seed: 1,
      device: 'cpu',
    })
    await expect(refused).rejects.toMatchObject({ data: { code: 'model/problems' } })
  })
})
