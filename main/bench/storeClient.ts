/** The page's side of the store's benchmark, in a thread of its own: asks over a message port and reads the answers. */
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import { parentPort, type MessagePort } from 'node:worker_threads'
import type { Contract } from '../common/api.ts'
import { unpackColumns } from '../common/packedSeries.ts'
import { unpackRuns } from '../common/storedRun.ts'

export interface Asked {
  question: keyof typeof questions
  runIds: number[]
  metrics: string[]
  buckets: number
}

export interface Answered {
  /** Milliseconds from the question until the answer can be used. */
  ms: number
  /** Until the first part of it can be. */
  firstMs: number
  /** Runs, buckets or names. */
  count: number
}

type Measure = (asked: Asked, first: () => void) => Promise<number>

/** Where the list is; `changes` goes on from there. */
let revision = 0

async function pull(first: () => void): Promise<number> {
  let count = 0
  let newest: number | null = null
  for (let before: number | null = null; ;) {
    const page = await client.runs.changes({ since: revision, before })
    count += unpackRuns(page).length
    first()
    newest ??= page.revision
    before = page.before
    if (before !== null) continue
    revision = newest
    return count
  }
}

const questions = {
  list: (_, first) => {
    revision = 0
    return pull(first)
  },
  changes: (_, first) => pull(first),
  series: async ({ runIds, metrics, buckets }) => {
    const range = { fromStep: null, toStep: null }
    const series = await client.runs.series({ runIds, metrics, maxBuckets: buckets, ...range })
    return series.reduce((sum, one) => sum + unpackColumns(one).step.length, 0)
  },
  open: async ({ runIds, metrics, buckets }) => {
    const range = { fromStep: null, toStep: null }
    const [runId = 0] = runIds
    const [detail, series] = await Promise.all([
      client.runs.get({ runId }),
      client.runs.series({ runIds, metrics, maxBuckets: buckets, ...range }),
    ])
    return (
      Object.keys(detail.summaries).length *
      series.reduce((sum, one) => sum + unpackColumns(one).step.length, 0)
    )
  },
  names: async () => (await client.runs.metricNames()).length,
  rename: async ({ runIds: [runId = 0] }) => {
    await client.runs.rename({ runId, name: `renamed at ${performance.now()}` })
    return pull(() => undefined)
  },
  remove: async ({ runIds: [runId = 0] }) => {
    await client.runs.remove({ runId })
    return 1
  },
} satisfies Record<string, Measure>

let client: ContractRouterClient<Contract>

parentPort?.on('message', (message: MessagePort | Asked) => {
  if (!('question' in message)) {
    client = createORPCClient(new RPCLink({ port: message }))
    message.start()
    return
  }
  void answer(message).then(
    (answered) => parentPort?.postMessage(answered),
    (error: unknown) => parentPort?.postMessage(String(error)),
  )
})

async function answer(asked: Asked): Promise<Answered> {
  const began = performance.now()
  let firstMs: number | null = null
  const measure: Measure = questions[asked.question]
  const count = await measure(asked, () => (firstMs ??= performance.now() - began))
  const ms = performance.now() - began
  return { ms, firstMs: firstMs ?? ms, count }
}
