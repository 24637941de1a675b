/** Sweeps through the whole workbench: what comes of them, and what happens to the queue. */
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Dataset } from './common/data/dataset.ts'
import { metrics, type RunDetail } from './common/schemas.ts'
import type { Queue, Sweep, SweepDetail } from './common/sweeps/contract.ts'
import type { Dimension, SweepSpec } from './common/sweeps/spec.ts'
import { defaultTrainConfig, type TrainConfig } from './common/training.ts'
import { Bench, template } from './workbenchFixture.ts'

let bench: Bench
let digits: Dataset

beforeAll(async () => {
  bench = await Bench.open()
  digits = await bench.importSample('digits')
})
afterAll(() => bench.remove())

const document = template('digits-mlp')
const logits = document.nodes.findLast(({ kind }) => kind === 'linear')!
const list = (setting: string, ...values: (number | string)[]): Dimension => ({
  setting,
  values: { kind: 'list', values },
})
const config = (more: Partial<TrainConfig> = {}): TrainConfig => ({
  ...defaultTrainConfig,
  epochs: 1,
  ...more,
})
const spec = (more: Partial<SweepSpec> = {}): SweepSpec => ({
  document,
  datasetId: digits.id,
  config: config(),
  dimensions: [],
  method: { kind: 'grid' },
  seeds: 1,
  objective: { metric: metrics.valAccuracy, direction: 'max', read: 'best' },
  budget: { runs: null, minutes: null },
  ...more,
})
/** Long enough to be caught in the middle. */
const long = { config: config({ epochs: 300 }) }

async function start(more: Partial<SweepSpec>): Promise<number> {
  return (await bench.client.sweeps.start({ spec: spec(more) })).sweepId
}
const detail = (sweepId: number): Promise<SweepDetail> => bench.client.sweeps.get({ sweepId })
const run = (runId: number | null | undefined): Promise<RunDetail> =>
  bench.client.runs.get({ runId: runId ?? 0 })
const of = (queue: Queue, id: number): Sweep => {
  const sweep = queue.sweeps.find((one) => one.id === id)
  if (!sweep) throw new Error(`no sweep ${id}`)
  return sweep
}

async function until(condition: (queue: Queue) => boolean, from = bench): Promise<Queue> {
  const abort = new AbortController()
  try {
    for await (const queue of await from.client.sweeps.watch(undefined, { signal: abort.signal }))
      if (condition(queue)) return queue
  } finally {
    abort.abort()
  }
  throw new Error('the stream of queues ended')
}
const finished = (id: number, from = bench): Promise<Queue> =>
  until((queue) => of(queue, id).status === 'finished', from)
/** A trial of it trains, and has made some steps. @returns the run */
async function trains(id: number): Promise<number> {
  const queue = await until((one) => of(one, id).training !== null)
  const { runId = 0 } = of(queue, id).training ?? {}
  await bench.until((live) => live.runId === runId && live.step > 3)
  return runId
}
const refusal = async (asked: Promise<unknown>): Promise<unknown> => {
  try {
    await asked
  } catch (error) {
    return (error as { data: unknown }).data
  }
  throw new Error('it was not refused')
}

describe('a sweep', { timeout: 90_000 }, () => {
  it('trains every combination, names its runs, and says which was best', async () => {
    const id = await start({ dimensions: [list('learningRate', 0.02, 0.0001), list('batchSize', 32, 64)] })
    const sweep = of(await finished(id), id)
    const { trials, name } = await detail(id)
    expect(name).toBe('Digits MLP on digits · lr × batch')
    expect(trials.map(({ status }) => status)).toEqual(Array(4).fill('finished'))
    const runs = await Promise.all(trials.map(({ runId }) => run(runId)))
    expect(runs.map((one) => one.name)).toEqual([
      'Digits MLP on digits · lr 0.02 · batch 32',
      'Digits MLP on digits · lr 0.02 · batch 64',
      'Digits MLP on digits · lr 1e-4 · batch 32',
      'Digits MLP on digits · lr 1e-4 · batch 64',
    ])
    expect(runs.map(({ sweepId, group }) => [sweepId, group])).toEqual(Array(4).fill([id, null]))
    const accuracies = runs.map(({ summaries }) => summaries[metrics.valAccuracy]?.max)
    expect(trials.map(({ values }) => values[0])).toEqual(accuracies)
    expect(sweep.best?.value).toBe(Math.max(...accuracies.map(Number)))
    expect(sweep.best?.text).toContain('lr 0.02')
    expect(sweep.seconds).toBeCloseTo(
      runs.reduce((sum, { seconds }) => sum + seconds, 0),
      6,
    )
  })

  it('with seeds alone is each run as it is by itself, and they share a group', async () => {
    const alone = await bench.start(digits, { epochs: 1, seed: 2 })
    await bench.ended(alone)
    const id = await start({ seeds: 2 })
    await finished(id)
    const { trials, name } = await detail(id)
    const [one, two] = await Promise.all(trials.map(({ runId }) => run(runId)))
    expect(name).toBe('Digits MLP on digits · 2 seeds')
    expect(two?.name).toBe('Digits MLP on digits · seed 2')
    expect(two?.weightsSha256).toBe((await run(alone)).weightsSha256)
    expect(one?.weightsSha256).not.toBe(two?.weightsSha256)
    expect(one?.group).toBe(`Digits MLP on digits · sweep ${id}`)
    expect(two?.group).toBe(one?.group)
  })

  it('goes on past trials that fail, keeps why, and tries them again when asked', async () => {
    const outputs = `layers.${logits.id}.outFeatures`
    const id = await start({ dimensions: [list(outputs, 7, 10), list('learningRate', 1e6, 0.02)] })
    await finished(id)
    const { trials, counts, best } = await detail(id)
    expect(trials.map(({ status, error }) => [status, error?.code])).toEqual([
      ['failed', 'model/problems'],
      ['failed', 'model/problems'],
      ['failed', 'training/not-finite'],
      ['finished', undefined],
    ])
    expect(counts).toEqual({ total: 4, finished: 1, failed: 3, skipped: 0 })
    expect(best?.number).toBe(4)
    await bench.client.sweeps.retry({ sweepId: id, number: 3 })
    await finished(id)
    const again = (await detail(id)).trials[2]
    expect(again?.status).toBe('failed')
    expect(again?.runId).not.toBe(trials[2]?.runId)
    expect(await refusal(bench.client.sweeps.retry({ sweepId: id, number: 4 }))).toMatchObject({
      code: 'sweeps/trial',
    })
  })

  it('is refused where no trial fits the data, or nothing of that metric comes of it', async () => {
    const outputs = list(`layers.${logits.id}.outFeatures`, 7, 8)
    expect(await refusal(start({ dimensions: [outputs] }))).toMatchObject({ code: 'model/problems' })
    const id = await start({ objective: { metric: 'val/bleu', direction: 'max', read: 'best' } })
    await finished(id)
    expect((await detail(id)).trials[0]?.error?.what).toMatch(
      /^Run \d+ has no finite value of "val\/bleu"\.$/,
    )
  })

  it('halves: a promoted trial goes on bit for bit, so the last rung is a whole run', async () => {
    const schedule = { ...defaultTrainConfig.schedule, kind: 'cosine' as const }
    const halving = { kind: 'halving', trials: 4, seed: 5, minEpochs: 1, eta: 2 } as const
    const rate: Dimension = {
      setting: 'learningRate',
      values: { kind: 'range', low: 1e-4, high: 0.1, scale: 'log', points: 5 },
    }
    const id = await start({ dimensions: [rate], method: halving, config: config({ epochs: 4, schedule }) })
    await finished(id)
    const { trials, best } = await detail(id)
    expect(trials.map(({ values }) => values.length).toSorted()).toEqual([1, 1, 2, 3])
    const top = trials.find(({ values }) => values.length === 3)
    expect(best?.number).toBe(top?.number)
    const promoted = await run(top?.runId)
    expect(promoted).toMatchObject({ status: 'finished', epochsDone: 4 })
    const alone = await bench.start(digits, config({ ...promoted.config, epochs: 4 }))
    await bench.ended(alone)
    expect((await run(alone)).weightsSha256).toBe(promoted.weightsSha256)
    const halted = await run(trials.find(({ values }) => values.length === 1)?.runId)
    expect(halted).toMatchObject({ status: 'stopped', epochsDone: 1 })
  })

  it('ends when its minutes are used up', async () => {
    const id = await start({ seeds: 5, budget: { runs: null, minutes: 1e-6 } })
    const sweep = of(await finished(id), id)
    expect(sweep.counts.finished).toBe(1)
    expect(sweep.remark).toContain('4 of 5 trials were not trained to their end')
  })

  it('says before it starts what it will amount to, from the speed of the run before', async () => {
    const preview = await bench.client.sweeps.preview(
      spec({ dimensions: [list('batchSize', 16, 32, 64)], seeds: 4, budget: { runs: 11, minutes: null } }),
    )
    expect(preview).toMatchObject({ runs: 11, wanted: 12, combinations: 3, epochs: 11, rungs: null })
    expect(preview.first).toHaveLength(10)
    expect(preview.first[1]).toEqual({ number: 2, text: 'batch 16 · seed 2' })
    expect(preview.seconds).toBeGreaterThan(0)
    expect(
      await refusal(bench.client.sweeps.preview(spec({ dimensions: [list('batchSize', 0)] }))),
    ).toMatchObject({
      code: 'sweeps/value',
    })
  })
})

describe('the queue', { timeout: 90_000 }, () => {
  it('pauses a trial and goes on with it bit for bit; skips; stops', async () => {
    const id = await start({ seeds: 3, config: config({ epochs: 6 }) })
    const runId = await trains(id)
    await bench.client.sweeps.pause({ sweepId: id })
    const paused = await detail(id)
    expect(paused).toMatchObject({ status: 'paused', training: null })
    expect(paused.trials[0]).toMatchObject({ status: 'waiting', runId })
    expect((await run(runId)).status).toBe('stopped')
    await bench.client.sweeps.skip({ sweepId: id, number: 2 })
    await bench.client.sweeps.resume({ sweepId: id })
    await until((queue) => of(queue, id).training?.number === 3)
    await bench.client.sweeps.skip({ sweepId: id, number: 3 })
    await finished(id)
    const { trials } = await detail(id)
    expect(trials.map(({ status }) => status)).toEqual(['finished', 'skipped', 'skipped'])
    const alone = await bench.start(digits, { epochs: 6 })
    await bench.ended(alone)
    expect((await run(runId)).weightsSha256).toBe((await run(alone)).weightsSha256)
  })

  it('refuses a run by hand while a trial trains, and waits for one that was there before', async () => {
    const byHand = await bench.start(digits, { epochs: 300 })
    const id = await start({ ...long, seeds: 2 })
    await until((queue) => queue.waitsFor === byHand)
    await bench.client.training.stop({ runId: byHand })
    await trains(id)
    expect(await refusal(bench.start(digits, {}))).toMatchObject({
      code: 'training/busy',
      what: expect.stringMatching(/^Run \d+ of a sweep is still training/) as string,
    })
    await bench.client.sweeps.stop({ sweepId: id })
    expect(await detail(id)).toMatchObject({ status: 'stopped', training: null })
    await bench.client.sweeps.remove({ sweepId: id })
    expect((await bench.client.runs.list()).some(({ sweepId }) => sweepId === id)).toBe(false)
  })

  it('pauses when a person stops the run of a trial, and says so', async () => {
    const id = await start({ ...long })
    const runId = await trains(id)
    await bench.client.training.stop({ runId })
    const queue = await until((one) => of(one, id).status === 'paused')
    expect(of(queue, id).remark).toBe(`Run ${runId} was stopped by hand; it goes on where it was.`)
    await bench.client.sweeps.stop({ sweepId: null })
  })

  it('takes another order with the next trial', async () => {
    const first = await start({ seeds: 2, config: config({ epochs: 6 }) })
    const second = await start({ seeds: 1 })
    const third = await start({ seeds: 1 })
    await bench.client.sweeps.reorder({ sweepId: third, before: first })
    const { sweeps } = await bench.client.sweeps.list()
    expect(sweeps.slice(0, 3).map(({ id }) => id)).toEqual([third, first, second])
    await finished(second)
    const started = await Promise.all(
      [first, second, third].map(async (id) => (await detail(id)).trials.map(({ runId }) => runId ?? 0)),
    )
    const [[one, two], [last], [before]] = started as [[number, number], [number], [number]]
    expect([one, before, two, last]).toEqual([one, before, two, last].toSorted((a, b) => a - b))
  })

  it('keeps the data that it needs, and halts where it is gone all the same', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'tapedeck-sweep-')), 'few.csv')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(
      path,
      `a,b,y\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 3},${i % 2 ? 'odd' : 'even'}`).join('\n')}\n`,
    )
    const { options } = await bench.client.data.inspect({ path })
    const table = await bench.importAs(path, options)
    const [fit] = await bench.client.models
      .templates({ datasetId: table.id })
      .then((all) => all.filter(({ fits }) => fits))
    const id = await start({ ...long, document: fit!.document, datasetId: table.id })
    await trains(id)
    const remove = () => bench.client.data.remove({ datasetId: table.id })
    expect(await refusal(remove())).toMatchObject({ code: 'data/in-use' })
    await bench.client.sweeps.pause({ sweepId: null })
    await remove()
    await bench.client.sweeps.resume({ sweepId: id })
    const queue = await until((one) => of(one, id).status === 'paused' && of(one, id).remark !== null)
    expect(of(queue, id).remark).toMatch(/^There is no data set/)
    await bench.client.sweeps.stop({ sweepId: id })
  })
})

describe('opened again', { timeout: 90_000 }, () => {
  it('the queue is paused, says so, and goes on', async () => {
    const id = await start({ seeds: 2, config: config({ epochs: 6 }) })
    const runId = await trains(id)
    await bench.close()
    bench = await Bench.open(bench.folder)
    const sweep = of(await bench.client.sweeps.list(), id)
    expect(sweep).toMatchObject({
      status: 'paused',
      remark: 'Tapedeck was closed before it had ended.',
      training: null,
    })
    await bench.client.sweeps.resume({ sweepId: null })
    await finished(id)
    const { trials } = await detail(id)
    expect(trials[0]).toMatchObject({ status: 'finished', runId })
    const alone = await bench.start(digits, { epochs: 6 })
    await bench.ended(alone)
    expect((await run(runId)).weightsSha256).toBe((await run(alone)).weightsSha256)
  })

  it(
    'after a power cut in the middle of a trial all trials end as if nothing had been',
    { timeout: 120_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tapedeck-sweep-kill-'))
      const child = spawn(process.execPath, [join(import.meta.dirname, 'killTest', 'sweepChild.ts'), folder])
      for await (const line of createInterface({ input: child.stdout })) {
        const { runId, step } = JSON.parse(line) as { runId: number; step: number }
        if (runId === 2 && step > 90) break
      }
      child.kill('SIGKILL')
      await new Promise((resolve) => child.on('close', resolve))
      const cut = await Bench.open(folder)
      onTestFinished(() => cut.remove())
      const [sweep] = (await cut.client.sweeps.list()).sweeps
      expect(sweep).toMatchObject({ status: 'paused', counts: { total: 3, finished: 1 } })
      await cut.client.sweeps.resume({ sweepId: null })
      await finished(sweep?.id ?? 0, cut)
      const { trials, spec } = await cut.client.sweeps.get({ sweepId: sweep?.id ?? 0 })
      expect(trials.map(({ runId }) => runId)).toEqual([1, 2, 3])
      expect((await cut.client.runs.list()).map(({ status }) => status)).toEqual(Array(3).fill('finished'))
      const alone = await bench.start(digits, { ...spec.config, seed: 2 })
      await bench.ended(alone)
      const second = await cut.client.runs.get({ runId: 2 })
      expect(second.events.map(({ kind }) => kind)).toContain('restored')
      expect(second.weightsSha256).toBe((await run(alone)).weightsSha256)
    },
  )
})
