/** For tests: a workbench in a folder of its own, with the real engine, and what tests ask of it. */
import type { ContractRouterClient } from '@orpc/contract'
import { createRouterClient } from '@orpc/server'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contract } from './common/api.ts'
import type { ModelDocument } from './common/document.ts'
import { unpack } from './common/packedSeries.ts'
import { defaultTrainConfig, type TrainConfig } from './common/training.ts'
import { type Dataset } from './common/data/dataset.ts'
import type { ImportOptions } from './common/data/options.ts'
import { type Live } from './common/schemas.ts'
import { templates } from './common/templates.ts'
import { projectRoot } from './paths.ts'
import { openWorkbench, type Workbench, type WorkbenchOptions } from './workbench.ts'
import { resultOf } from './common/resultOf.ts'

export type Client = ContractRouterClient<Contract>

const resources = join(projectRoot(), 'resources')
const workerUrl = new URL('./training/worker.ts', import.meta.url)
const importerUrl = new URL('./data/importWorker.ts', import.meta.url)
const exchangerUrl = new URL('./exchange/exchangeWorker.ts', import.meta.url)

export class Bench {
  readonly folder: string
  workbench: Workbench
  client: Client

  private constructor(folder: string, workbench: Workbench) {
    this.folder = folder
    this.workbench = workbench
    this.client = createRouterClient(workbench.router) as Client
  }

  static async open(
    folder = mkdtempSync(join(tmpdir(), 'tapedeck-bench-')),
    more: Pick<WorkbenchOptions, 'readWhenHeld'> = {},
  ): Promise<Bench> {
    return new Bench(
      folder,
      await openWorkbench({
        workspace: folder,
        shell: 'test',
        workerUrl,
        importerUrl,
        exchangerUrl,
        resources,
        ...more,
      }),
    )
  }

  async close(): Promise<void> {
    await this.workbench.close()
  }

  async remove(): Promise<void> {
    await this.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async importSample(id: string): Promise<Dataset> {
    const sample = (await this.client.data.samples()).find((set) => set.id === id)
    if (!sample) throw new Error(`no sample set ${id}`)
    const { options } = await this.client.data.inspect({ path: sample.path })
    return this.importAs(sample.path, options)
  }

  async importAs(path: string, options: ImportOptions): Promise<Dataset> {
    return resultOf(await this.client.data.import({ path, options }))
  }

  async start(
    dataset: Dataset,
    config: Partial<TrainConfig>,
    document: ModelDocument = template('digits-mlp'),
  ): Promise<number> {
    const whole = { ...defaultTrainConfig, ...config }
    const { runId } = await this.client.training.start({
      document,
      datasetId: dataset.id,
      config: whole,
      name: null,
    })
    return runId
  }

  /** Waits until what is live satisfies the condition. */
  async until(condition: (live: Live) => boolean): Promise<Live> {
    const abort = new AbortController()
    try {
      for await (const live of await this.client.training.watch(undefined, { signal: abort.signal }))
        if (live && condition(live)) return live
    } finally {
      abort.abort()
    }
    throw new Error('the stream of live states ended')
  }

  ended(runId: number): Promise<Live> {
    return this.until((live) => live.runId === runId && live.status !== 'running' && live.status !== 'paused')
  }

  /** Every point of a metric. */
  async points(runId: number, metric: string): Promise<[step: number, value: number][]> {
    const query = { runIds: [runId], metrics: [metric], maxBuckets: 5000, fromStep: null, toStep: null }
    const [series] = await this.client.runs.series(query)
    return series ? unpack(series).buckets.map(({ step, last }) => [step, last]) : []
  }
}

export function template(id: string): ModelDocument {
  const found = templates().find((one) => one.id === id)
  if (!found) throw new Error(`no template ${id}`)
  return found.document
}
