/**
 * The store under the loads that it is made for: lists, charts and names of metrics asked by another thread over a message
 * port, as a page asks, and points written as training writes them; how long each takes, and for how long at most it held
 * the thread that everything else waits for. The last line is one JSON object.
 *
 *     npm run bench:store -- [--only list,overlay] [--minutes 10] [--repeat 5]
 */
import { RPCHandler } from '@orpc/server/message-port'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { Dataset } from '../common/data/dataset.ts'
import { projectRoot } from '../paths.ts'
import { ActiveRun } from '../services/activeRun.ts'
import { openStore } from '../store/index.ts'
import type { PointColumns, Position } from '../training/protocol.ts'
import { openWorkbench } from '../workbench.ts'
import { makeLoadedWorkspace, metricNames, type Load, type Loaded } from './loads.ts'
import type { Answered, Asked } from './storeClient.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    repeat: { type: 'string', default: '5' },
  },
})
const wanted = options.only?.split(',')
const repeat = Number(options.repeat)
const folder = mkdtempSync(join(tmpdir(), 'tapedeck-bench-store-'))

interface Measured {
  /** Median, in milliseconds. */
  ms: number
  /** Of the first part, where the answer comes in parts. */
  firstMs: number
  worstMs: number
  count: number
  /** The longest that the main thread was held, in milliseconds, and how long in 99 of 100 turns at most. */
  heldMs: number
  heldP99Ms: number
  /** Processor time of the main thread for one answer: says what a busy machine hides. */
  cpuMs: number
  /** Of writing: processor time of the longest transaction. */
  longestMs?: number
  goalMs?: number
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** Nanoseconds between two looks of the monitor are no delay. */
const resolution = 2
async function whileWatched<T>(
  work: () => Promise<T>,
): Promise<{ result: T; heldMs: number; heldP99Ms: number }> {
  const delay = monitorEventLoopDelay({ resolution })
  delay.enable()
  const result = await work()
  delay.disable()
  const above = (nanoseconds: number): number => rounded(Math.max(0, nanoseconds / 1e6 - resolution))
  return { result, heldMs: above(delay.max), heldP99Ms: above(delay.percentile(99)) }
}

type Ask = (asked: Partial<Asked> & Pick<Asked, 'question'>) => Promise<Answered>

async function withPage<T>(workspace: string, work: (ask: Ask) => Promise<T>): Promise<T> {
  const workbench = await openWorkbench({
    workspace,
    shell: 'test',
    workerUrl: new URL('../training/worker.ts', import.meta.url),
    importerUrl: new URL('../data/importWorker.ts', import.meta.url),
    exchangerUrl: new URL('../exchange/exchangeWorker.ts', import.meta.url),
    resources: join(projectRoot(), 'resources'),
  })
  const page = new Worker(new URL('./storeClient.ts', import.meta.url))
  const { port1, port2 } = new MessageChannel()
  new RPCHandler(workbench.router).upgrade(port1, { context: {} })
  port1.start()
  page.postMessage(port2, [port2])
  const ask: Ask = (asked) =>
    new Promise((done, failed) => {
      page.once('message', (answer: Answered | string) =>
        typeof answer === 'string' ? failed(new Error(answer)) : done(answer),
      )
      page.postMessage({ runIds: [], metrics: [], buckets: 0, ...asked } satisfies Asked)
    })
  try {
    return await work(ask)
  } finally {
    await page.terminate()
    port1.close()
    await workbench.close()
  }
}

const results: Record<string, Measured> = {}

/** One question, several times. */
async function measure(
  name: string,
  goalMs: number | null,
  times: number,
  ask: () => Promise<Answered>,
): Promise<void> {
  const before = process.threadCpuUsage()
  const { result, ...held } = await whileWatched(async () => {
    const answers: Answered[] = []
    for (let i = 0; i < times; i++) answers.push(await ask())
    return answers
  })
  const spent = process.threadCpuUsage(before)
  const allMs = result.map(({ ms }) => ms)
  results[name] = {
    ms: rounded(median(allMs)),
    firstMs: rounded(median(result.map(({ firstMs }) => firstMs))),
    worstMs: rounded(Math.max(...allMs)),
    count: result[0]?.count ?? 0,
    ...held,
    cpuMs: rounded((spent.user + spent.system) / 1000 / times),
    ...(goalMs === null ? {} : { goalMs }),
  }
  console.error(name, results[name])
}

async function loaded(
  name: string,
  loads: Load[],
  work: (ask: Ask, made: Loaded) => Promise<void>,
): Promise<void> {
  if (wanted && !wanted.includes(name)) return
  const workspace = join(folder, name)
  const [made] = makeLoadedWorkspace(workspace, loads)
  if (made) await withPage(workspace, (ask) => work(ask, made))
  rmSync(workspace, { recursive: true, force: true })
}

for (const [name, runs, goal] of [
  ['list', 1000, 300],
  ['list10', 10_000, null],
] as const)
  await loaded(name, [{ runs, metrics: 20, steps: 10 }], async (ask, { runIds }) => {
    await measure(`${runs} runs listed`, goal, repeat, () => ask({ question: 'list' }))
    await measure(`one of ${runs} runs renamed and seen`, null, repeat * 4, () =>
      ask({ question: 'rename', runIds: runIds.slice(0, 1) }),
    )
  })

await loaded(
  'overlay',
  [{ runs: 50, metrics: 1, steps: 100_000, spike: true }],
  async (ask, { runIds, metrics }) => {
    await measure('50 runs x 100,000 points in 1,200 buckets', 500, repeat, () =>
      ask({ question: 'series', runIds, metrics, buckets: 1200 }),
    )
  },
)

await loaded('grid', [{ runs: 100, metrics: 10, steps: 10_000 }], async (ask, { runIds, metrics }) => {
  await measure('100 runs x 10 metrics x 10,000 steps in 200 buckets', 1000, repeat, () =>
    ask({ question: 'series', runIds, metrics, buckets: 200 }),
  )
})

await loaded('names', [{ runs: 10, metrics: 12_345, steps: 1 }], async (ask) => {
  await measure('12,345 names of metrics listed', 1000, repeat, () => ask({ question: 'names' }))
  await measure('10 runs with 12,345 metrics listed', null, repeat, () => ask({ question: 'list' }))
})

await loaded('million', [{ runs: 1, metrics: 1, steps: 1_000_000 }], async (ask, { runIds, metrics }) => {
  await measure('a run with 1,000,000 points opened', 500, repeat, () =>
    ask({ question: 'open', runIds, metrics, buckets: 1200 }),
  )
  await measure('a run with 1,000,000 points deleted', null, 1, () => ask({ question: 'remove', runIds }))
})

if (!wanted || wanted.includes('write')) await write(Number(options.minutes))

/** 20 metrics, 25 steps of each in every 50 ms, while a chart of them is asked for twice a second. */
async function write(minutes: number): Promise<void> {
  const workspace = join(folder, 'write')
  const store = openStore(workspace, 'bench')
  const [template] = makeLoadedWorkspace(join(folder, 'template'), [{ runs: 1, metrics: 1, steps: 1 }])
  if (!template) throw new Error('[bench] no run to write like')
  const names = metricNames(20)
  const like = openStore(join(folder, 'template'), 'bench')
  const { config, document, engine } = like.runs.get(template.runIds[0] ?? 0)
  like.close()
  if (!config || !document || !engine) throw new Error('[bench] the run to write like was not trained here')
  const runId = store.runs.create({
    name: 'written',
    datasetId: 'digits',
    datasetName: 'digits',
    config,
    document,
    engine,
    parameters: 1,
  })
  let longest = 0
  const transaction = store.transaction.bind(store)
  store.transaction = (work) => {
    const start = process.threadCpuUsage()
    transaction(work)
    const { user, system } = process.threadCpuUsage(start)
    longest = Math.max(longest, (user + system) / 1000)
  }
  const failures: unknown[] = []
  const active = new ActiveRun({ runId, dataset: { id: 'digits' } as Dataset }, store, {
    onFlushed: () => undefined,
    onFailed: (error) => failures.push(error),
  })
  const position = (step: number): Position => ({
    step,
    totalSteps: 1e9,
    epoch: 1,
    epochs: 1,
    batch: step,
    batches: 1e9,
    epochsDone: 0,
    learningRate: 0.1,
    samplesPerSecond: 1,
    seconds: step / 500,
    secondsLeft: null,
    waiting: 0,
    stopsAfterEpoch: false,
  })
  const steps = 25
  let step = 0
  const tell = (): void => {
    const points: PointColumns = {
      names,
      metric: Uint16Array.from({ length: 20 * steps }, (_, i) => i % 20),
      step: Float64Array.from({ length: 20 * steps }, (_, i) => step + 1 + Math.floor(i / 20)),
      value: Float64Array.from({ length: 20 * steps }, (_, i) => Math.sin(step + i)),
      epoch: new Float64Array(20 * steps),
      seconds: new Float64Array(20 * steps).fill(step / 500),
    }
    step += steps
    active.telemetry({
      runId,
      status: 'running',
      position: position(step),
      points,
      probes: [],
      memory: { active: 0, peak: 0, cached: 0, gpu: null },
    })
  }
  const before = process.threadCpuUsage()
  const began = performance.now()
  const { heldMs, heldP99Ms } = await whileWatched(async () => {
    const end = began + minutes * 60_000
    for (let due = began, asked = began; due < end; due += 50) {
      await new Promise((done) => setTimeout(done, Math.max(0, due - performance.now())))
      tell()
      if (due - asked < 500) continue
      asked = due
      store.metrics.series({
        runIds: [runId],
        metrics: names.slice(0, 1),
        maxBuckets: 1200,
        fromStep: null,
        toStep: null,
      })
    }
  })
  const seconds = (performance.now() - began) / 1000
  const spent = process.threadCpuUsage(before)
  const cpuMs = rounded((spent.user + spent.system) / 1000)
  active.end('stopped', { checkpoint: null, error: null })
  const stored = Object.values(store.runs.get(runId).summaries).reduce((sum, { count }) => sum + count, 0)
  store.close()
  if (failures.length > 0 || stored !== step * 20)
    throw new Error(`[bench] ${stored} of ${step * 20} points are stored: ${String(failures[0])}`)
  const name = `${Math.round(stored / seconds)} points a second written for ${minutes} minutes`
  results[name] = {
    ms: rounded(seconds * 1000),
    firstMs: 0,
    worstMs: 0,
    count: stored,
    heldMs,
    heldP99Ms,
    cpuMs,
    longestMs: rounded(longest),
    goalMs: 50,
  }
  console.error(name, results[name])
}

rmSync(folder, { recursive: true, force: true })
console.log(
  JSON.stringify({
    machine: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
    node: process.version,
    load: loadavg()[0],
    results,
  }),
)
process.exit(0)
