/** A run under control, through the whole workbench: changed, stepped, stopped, resumed, forked, halted. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { metrics, type RunDetail } from './common/schemas.ts'
import { ownRun } from './common/ownRun.ts'
import { type Dataset } from './common/data/dataset.ts'
import { defaultTrainConfig, overfitConfig, type TrainConfig } from './common/training.ts'
import { chain } from './common/templates.ts'
import { readSafetensors } from './export/safetensors.ts'
import { fingerprint } from './training/run/arrays.ts'
import { Bench, template } from './workbenchFixture.ts'

let bench: Bench
let digits: Dataset

beforeAll(async () => {
  bench = await Bench.open()
  digits = await bench.importSample('digits')
})
afterAll(() => bench.remove())

const get = (runId: number): Promise<RunDetail> => bench.client.runs.get({ runId })

async function trained(config: Partial<TrainConfig>): Promise<RunDetail> {
  const runId = await bench.start(digits, config)
  await bench.ended(runId)
  const run = await get(runId)
  expect(run.error).toBeNull()
  return run
}

/** Starts paused at its first step. */
async function paused(config: Partial<TrainConfig>): Promise<number> {
  const runId = await bench.start(digits, { epochs: 1000, ...config })
  await bench.client.training.pause({ runId })
  await bench.until((live) => live.runId === runId && live.status === 'paused')
  return runId
}

const curves = [
  metrics.batchLoss,
  metrics.batchAccuracy,
  metrics.trainLoss,
  metrics.valLoss,
  metrics.trainMacroF1,
]
const curvesOf = (runId: number) => Promise.all(curves.map((metric) => bench.points(runId, metric)))

/** The two sums of the proof, of the newest event of a kind. */
function proof({ events }: RunDetail, kind: 'checkpoint' | 'restored'): string[] {
  return events.findLast((event) => event.kind === kind)?.note.match(/[0-9a-f]{64}/g) ?? []
}

describe('going on', () => {
  it.each<[string, Partial<TrainConfig>]>([
    ['SGD', {}],
    [
      'AdamW, cosine after a warm-up, clipping, decay',
      {
        optimizer: 'adamw',
        learningRate: 0.002,
        weightDecay: 0.1,
        clipNorm: 1,
        schedule: {
          kind: 'cosine',
          warmupSteps: 20,
          everySteps: 1,
          factor: 0.1,
          end: 0.1,
          rise: 0.3,
          patience: 5,
        },
      },
    ],
    [
      'averages, several batches a step',
      { ema: 0.95, accumulate: 3, optimizer: 'rmsprop', learningRate: 0.001 },
    ],
    ['drawn equally often, Lion', { balance: 'sampling', optimizer: 'lion', learningRate: 0.0003 }],
  ])('mid-epoch is the run that was never stopped, to the last bit: %s', async (_, config) => {
    const whole = await trained({ epochs: 2, ...config })
    const runId = await bench.start(digits, { epochs: 2, ...config })
    // Wherever that is: every step is as good.
    await bench.until((live) => live.runId === runId && live.step > 5)
    await bench.client.training.stop({ runId })
    const stopped = await get(runId)
    expect(stopped.status).toBe('stopped')
    await bench.client.training.resumeRun({ runId })
    await bench.ended(runId)
    const run = await get(runId)
    expect(run.status).toBe('finished')
    expect(run.weightsSha256).toBe(whole.weightsSha256)
    expect(await curvesOf(runId)).toEqual(await curvesOf(whole.id))
    expect(proof(run, 'restored')).toEqual(proof(stopped, 'checkpoint'))
    expect(proof(run, 'restored')).toHaveLength(2)
    expect(run.summaries[metrics.batchLoss]).toEqual(whole.summaries[metrics.batchLoss])
  })

  it('refuses weights that a bit was flipped in, and goes on where it is flipped back', async () => {
    const run = await trained({ epochs: 1, seed: 5 })
    const resume = async (): Promise<RunDetail> => {
      await bench.client.training.resumeRun({ runId: run.id, changes: { epochs: 2 } })
      await bench.ended(run.id)
      return get(run.id)
    }
    const path = run.checkpoints.findLast(({ kind }) => kind !== 'best')!.path
    const file = readFileSync(path)
    file[file.length - 2]! ^= 1
    writeFileSync(path, file)
    expect(await resume()).toMatchObject({
      status: 'failed',
      error: { code: 'checkpoint/damaged', what: expect.stringContaining(path) as string },
    })
    file[file.length - 2]! ^= 1
    writeFileSync(path, file)
    expect(await resume()).toMatchObject({ status: 'finished', epochsDone: 2 })
  })

  it('with more epochs than were asked for at first is the longer run', async () => {
    const longer = await trained({ epochs: 3, seed: 4 })
    const { id: runId } = await trained({ epochs: 1, seed: 4 })
    await expect(bench.client.training.resumeRun({ runId })).rejects.toMatchObject({
      data: { code: 'training/finished' },
    })
    await bench.client.training.resumeRun({ runId, changes: { epochs: 3 } })
    await bench.ended(runId)
    const run = await get(runId)
    expect(run).toMatchObject({ status: 'finished', epochsDone: 3, weightsSha256: longer.weightsSha256 })
    expect(run.config?.epochs).toBe(3)
    expect(run.events.map(({ note }) => note)).toContain('epochs 1 → 3')
  })

  it('forks where the checkpoint is, and leaves the run as it was', async () => {
    const parent = await trained({
      epochs: 2,
      checkpoints: { everySteps: 50, everyMinutes: null, keep: 5, bestMetric: null },
    })
    const at = parent.checkpoints.find(({ kind, step }) => kind === 'step' && step === 50)
    if (!at) throw new Error('no checkpoint at step 50')
    const same = await bench.client.training.fork({ runId: parent.id, checkpointId: at.id })
    await bench.ended(same.runId)
    const fork = await get(same.runId)
    expect(fork).toMatchObject({
      parent: { runId: parent.id, step: 50 },
      weightsSha256: parent.weightsSha256,
    })
    expect((await bench.points(same.runId, metrics.batchLoss))[0]?.[0]).toBe(51)
    const other = await bench.client.training.fork({
      runId: parent.id,
      checkpointId: at.id,
      changes: { learningRate: 0.001 },
    })
    await bench.ended(other.runId)
    expect((await get(other.runId)).weightsSha256).not.toBe(parent.weightsSha256)
    expect((await get(other.runId)).name).toContain('from step 50 · lr 0.02 → 0.001')
    expect(await get(parent.id)).toEqual(parent)
  })

  it('keeps the best, the last and so many of the others', async () => {
    const run = await trained({
      epochs: 2,
      checkpoints: { everySteps: 20, everyMinutes: null, keep: 2, bestMetric: metrics.valAccuracy },
    })
    const kinds = run.checkpoints.map(({ kind, step }) => `${kind} ${step}`)
    expect(kinds.filter((one) => one.startsWith('step'))).toEqual(['step 120', 'step 140'])
    expect(kinds).toContain(`last ${run.steps}`)
    const best = run.checkpoints.find(({ kind }) => kind === 'best')
    expect(best?.metrics[metrics.valAccuracy]).toBe(run.summaries[metrics.valAccuracy]?.max)
    const last = run.checkpoints.find(({ kind }) => kind === 'last')
    // The sum that a run is known by is that of the file's own bytes.
    expect(fingerprint(readSafetensors(last?.path ?? '').arrays)).toBe(run.weightsSha256)
    expect(existsSync(run.checkpoints[0]?.path ?? '')).toBe(true)
  })
})

describe('steering', () => {
  it('makes single steps from a pause', async () => {
    const runId = await paused({})
    const { step } = await bench.until((live) => live.status === 'paused')
    await bench.client.training.step({ runId })
    await bench.until((live) => live.status === 'paused' && live.step === step + 1)
    await bench.client.training.step({ runId })
    await bench.until((live) => live.status === 'paused' && live.step === step + 2)
    await bench.client.training.resume({ runId })
    await bench.until((live) => live.step > step + 10)
    await expect(bench.client.training.step({ runId })).rejects.toMatchObject({
      data: { code: 'training/not-paused' },
    })
    await bench.client.training.stop({ runId })
    const kinds = (await get(runId)).events.map(({ kind }) => kind).filter((kind) => kind !== 'checkpoint')
    expect(kinds).toEqual(['paused', 'resumed', 'stopped'])
  })

  it('ends after the epoch when asked to', async () => {
    const runId = await bench.start(digits, { epochs: 1000 })
    await bench.until((live) => live.runId === runId && live.step > 3)
    await bench.client.training.stopAfterEpoch({ runId })
    const live = await bench.ended(runId)
    expect(live).toMatchObject({ status: 'stopped', batch: live.batches })
    expect((await get(runId)).epochsDone).toBe(live.epoch)
  })

  it('records every change with a checkpoint before it', async () => {
    const runId = await paused({})
    const { step, batches } = await bench.until((live) => live.status === 'paused')
    const changes = { learningRate: 0.005, clipNorm: 2, weightDecay: 0.01, batchSize: 64, epochs: 2 }
    await bench.client.training.change({ runId, changes })
    await bench.until((live) => live.learningRate === 0.005)
    await bench.client.training.resume({ runId })
    const live = await bench.ended(runId)
    expect(live.batches).toBe(Math.ceil(digits.trainCount / 64))
    expect(live.totalSteps).toBe(batches + live.batches)
    const run = await get(runId)
    expect(run.config).toMatchObject(changes)
    const made = run.events.filter(
      (event) => event.step === step && event.kind !== 'paused' && event.kind !== 'resumed',
    )
    expect(made.map(({ kind, note }) => (kind === 'checkpoint' ? kind : note))).toEqual([
      'checkpoint',
      'lr 0.02 → 0.005',
      'clip norm off → 2',
      'decay 0 → 0.01',
      'batch 32 → 64 from epoch 2',
      'epochs 1000 → 2',
    ])
  })

  it('planned at a step is the same as asked for at it', async () => {
    const planned = [{ atStep: 30, changes: { learningRate: 0.001 } }]
    const start = { document: template('digits-mlp'), datasetId: digits.id, name: null }
    const { runId } = await bench.client.training.start({
      ...start,
      config: { ...ownRun(await trained({ epochs: 1 })).config },
      planned,
    })
    await bench.ended(runId)
    const run = await get(runId)
    expect(run.events.find(({ kind }) => kind === 'learning-rate')).toEqual({
      step: 30,
      kind: 'learning-rate',
      note: 'lr 0.02 → 0.001',
    })
    const before = run.checkpoints.find(({ kind }) => kind === 'change')
    expect(before?.step).toBe(30)
  })

  it('stops when a metric no longer improves', async () => {
    const run = await trained({
      epochs: 50,
      learningRate: 1e-9,
      earlyStopping: { metric: metrics.valLoss, patience: 1, minDelta: 0.01 },
    })
    expect(run).toMatchObject({ status: 'finished', epochsDone: 3 })
    expect(run.events.findLast(({ kind }) => kind === 'stopped')?.note).toMatch(
      /^early stopping: val\/loss has not improved on .* for 2 epochs$/,
    )
  })

  it('learns one batch by heart and says so', async () => {
    const run = await trained(overfitConfig(defaultTrainConfig))
    expect(run.events.findLast(({ kind }) => kind === 'stopped')?.note).toMatch(
      /^one batch learnt by heart, as it should be: its loss went from 2\.\d+ to 0\.0\d+ in \d+ steps$/,
    )
    expect(run.steps).toBeLessThan(300)
    expect(run.name).toBe('Digits MLP on digits · one batch')
    // The next run is compared with the last one that saw all of the data.
    expect((await trained({ epochs: 1, seed: 99 })).name).not.toContain('one batch')
    expect(run.summaries[metrics.valLoss]).toBeUndefined()
  })

  it('says of one batch that is not learnt by heart how far it got, and why that may be', async () => {
    const run = await trained({ ...overfitConfig(defaultTrainConfig), learningRate: 1e-6, epochs: 10 })
    expect(run.status).toBe('finished')
    expect(run.events.find(({ kind }) => kind === 'remark')?.note).toMatch(
      /^its loss went from 2\.\d+ to 2\.\d+ in 10 steps: the network does not learn one batch by heart\. Likely causes: a rate that is too low/,
    )
  })

  it('remarks on a first loss that is far off', async () => {
    const loud = chain('Loud', [
      ['input', 'input'],
      ['flatten', 'flatten'],
      [
        'scale',
        'custom',
        { inputs: 'input', forward: 'output = input * 50', backward: 'grad_input = grad * 50' },
      ],
      ['logits', 'linear', { outFeatures: 10 }],
      ['output', 'output'],
    ])
    const runId = await bench.start(digits, { epochs: 1, learningRate: 1e-6 }, loud)
    await bench.ended(runId)
    expect((await get(runId)).events.find(({ kind }) => kind === 'remark')?.note).toMatch(
      /^first loss [\d.]+, where a model that knows nothing has 2\.303 \(ln 10\)/,
    )
    const ordinary = await trained({ epochs: 1 })
    expect(ordinary.events.filter(({ kind }) => kind === 'remark')).toEqual([])
  })
})
