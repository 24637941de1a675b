/**
 * What watching costs: the same run in the whole workbench (worker, messages, SQLite) with the default telemetry, with
 * every inspector on, and bare, taking turns. Prints the medians of the ratios.
 *
 *     node main/bench/telemetry.ts [rounds]
 */
import { createRouterClient } from '@orpc/server'
import type { ContractRouterClient } from '@orpc/contract'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Contract } from '../common/api.ts'
import type { Dataset, TrainConfig } from '../common/schemas.ts'
import { templates } from '../common/templates.ts'
import { projectRoot } from '../paths.ts'
import { openWorkbench } from '../workbench.ts'
import type { TrainJob } from '../training/protocol.ts'

const rounds = Number(process.argv[2] ?? 7)
/** Template, sample set that it trains on, epochs of one turn (about two seconds). */
const subjects = [
  { template: 'digits-mlp', epochs: 24 },
  { template: 'lstm-text-classifier', epochs: 2 },
] as const

// The engine's worker does not keep a process alive by itself.
const alive = setInterval(() => undefined, 1000)
const workspace = mkdtempSync(join(tmpdir(), 'tapedeck-bench-'))
const workbench = await openWorkbench({
  workspace,
  shell: 'test',
  workerUrl: new URL('../training/worker.ts', import.meta.url),
  resources: join(projectRoot(), 'resources'),
})
const client = createRouterClient(workbench.router) as ContractRouterClient<Contract>

async function importSample(id: string): Promise<Dataset> {
  const sample = (await client.data.samples()).find((set) => set.id === id)
  if (!sample) throw new Error(`no sample set ${id}`)
  const { options } = await client.data.inspect({ path: sample.path })
  const stream = await client.data.import({ path: sample.path, options })
  for (;;) {
    const next = await stream.next()
    if (next.done) return next.value
  }
}

/** Seconds of the run in the workbench. */
async function watched(job: Pick<TrainJob, 'document' | 'dataset' | 'config'>): Promise<number> {
  const { runId } = await client.training.start({
    document: job.document,
    datasetId: job.dataset.id,
    config: job.config,
    name: null,
  })
  for await (const live of await client.training.watch())
    if (live?.runId === runId && live.status === 'finished') return live.seconds
    else if (live?.error) throw new Error(live.error.what)
  throw new Error('the run was not watched to its end')
}

const bare = (job: TrainJob): Promise<number> =>
  new Promise((done, failed) => {
    const worker = new Worker(new URL('./bare.ts', import.meta.url), { workerData: job })
    worker.once('message', done)
    worker.once('error', failed)
  })

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(1)} %`

try {
  for (const { template: id, epochs } of subjects) {
    const template = templates().find((one) => one.id === id)
    if (!template)
      throw new Error(
        `no template ${id}; there are ${templates()
          .map((one) => one.id)
          .join(', ')}`,
      )
    const dataset = await importSample(template.sample)
    const fitted = (await client.models.templates({ datasetId: dataset.id })).find((one) => one.id === id)
    if (!fitted) throw new Error(`no template ${id} for ${dataset.name}`)
    const config = (change: Partial<TrainConfig>): TrainConfig => ({ ...fitted.config, epochs, ...change })
    const job = (change: Partial<TrainConfig> = {}): TrainJob => ({
      runId: 0,
      document: fitted.document,
      dataset,
      datasetFolder: join(workspace, 'datasets', dataset.id),
      config: config(change),
      checkpointFolder: workspace,
      from: null,
      planned: [],
      again: false,
    })
    const turns = {
      bare: () => bare(job()),
      metrics: () => watched(job({ probeEvery: 0 })),
      default: () => watched(job()),
      all: () => watched(job({ histogramsEvery: 20 })),
    }
    type Turn = keyof typeof turns
    const order = Object.keys(turns) as Turn[]
    const times: Record<Turn, number[]> = { bare: [], metrics: [], default: [], all: [] }
    for (const turn of order) await turns[turn]()
    for (let round = 0; round < rounds; round++)
      for (let i = 0; i < order.length; i++) {
        const turn = order[(i + round) % order.length] as Turn
        times[turn].push(await turns[turn]())
      }
    const ratio = (turn: Turn): string =>
      percent(median(times[turn].map((seconds, i) => seconds / (times.bare[i] ?? NaN))))
    const best = (turn: Turn): string => percent(Math.min(...times[turn]) / Math.min(...times.bare))
    console.log(
      `${id}: bare ${median(times.bare).toFixed(2)} s; more than bare, median of ratios (ratio of the fastest): ` +
        order
          .slice(1)
          .map((turn) => `${turn} ${ratio(turn)} (${best(turn)})`)
          .join(', '),
    )
  }
} finally {
  clearInterval(alive)
  await workbench.close()
  rmSync(workspace, { recursive: true, force: true })
}
