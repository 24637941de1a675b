/** Kills a training process with SIGKILL and looks at what is left. */
import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { figures } from '../common/health/figures.ts'
import { metrics, type RunDetail } from '../common/schemas.ts'
import { readSafetensors } from '../export/safetensors.ts'
import { openStore } from '../store/index.ts'
import { bytesOf, sidecarFile, stateFile } from '../training/checkpointFiles.ts'
import { sweepCheckpoints } from '../services/checkpointFiles.ts'
import { readFileSync } from 'node:fs'

export interface Seen {
  step: number
  seconds: number
  status: string
}

/** Points that are the same for the same seed; times and speeds are not among them. */
const compared = [
  metrics.batchLoss,
  metrics.batchAccuracy,
  metrics.trainLoss,
  metrics.valLoss,
  metrics.valAccuracy,
  metrics.trainMacroF1,
  metrics.gradientNorm,
]

/**
 * Trains in a process of its own until `when` says so, and kills it then.
 * @returns the last state that it told, and whether it was killed
 */
export function trainAndKill(
  folder: string,
  { epochs, every }: { epochs: number; every: number },
  when: { atStep: number } | { afterMs: number } | null,
): Promise<{ last: Seen | null; killed: boolean }> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'child.ts'), folder, String(epochs), String(every)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const kill = (): void => void child.kill('SIGKILL')
  let last: Seen | null = null
  let errors = ''
  let timer: NodeJS.Timeout | null = null
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = JSON.parse(line) as Seen
    if (when === null) return
    if ('atStep' in when) {
      if (last.step >= when.atStep) kill()
    } else timer ??= setTimeout(kill, when.afterMs)
  })
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (timer) clearTimeout(timer)
      if (signal !== 'SIGKILL' && code !== 0) reject(new Error(`the child ended with ${code}: ${errors}`))
      else resolve({ last, killed: signal === 'SIGKILL' })
    })
  })
}

/** What is wrong with a workspace whose process was killed; nothing is what is wanted. */
export function faultsOf(folder: string, last: Seen | null): string[] {
  const faults: string[] = []
  const check = new Database(join(folder, 'workspace.db'))
  const integrity = check.pragma('integrity_check', { simple: true })
  check.close()
  if (integrity !== 'ok') faults.push(`integrity_check says ${String(integrity)}`)
  const store = openStore(folder, 'test')
  try {
    sweepCheckpoints(store, folder)
    for (const { id } of store.runs.list()) {
      const run = store.runs.get(id)
      if (run.status === 'running' || run.status === 'paused')
        faults.push(`run ${id} claims to be ${run.status}`)
      for (const { path, bytes } of run.checkpoints) faults.push(...faultsOfCheckpoint(path, bytes))
      const [stored] = store.metrics.series({ ...everything(id), metrics: [metrics.batchLoss] })
      const newest = stored?.buckets.at(-1)
      // A step that takes long is no missing metric: what counts is whether a step that was told is there.
      const missing = last !== null && (newest?.lastStep ?? 0) < last.step
      const lost = missing ? last.seconds - (newest?.seconds ?? 0) : 0
      if (lost > 1) faults.push(`${lost.toFixed(2)} s of metrics are missing`)
    }
  } finally {
    store.close()
  }
  return faults
}

function faultsOfCheckpoint(path: string, bytes: number): string[] {
  if (bytesOf(path) !== bytes) return [`${path} has ${bytesOf(path)} bytes of ${bytes}`]
  try {
    readSafetensors(path)
    readSafetensors(stateFile(path))
    JSON.parse(readFileSync(sidecarFile(path), 'utf8'))
    return []
  } catch (error) {
    return [`${path} cannot be read: ${String(error)}`]
  }
}

const everything = (runId: number) => ({ runIds: [runId], maxBuckets: 5000, fromStep: null, toStep: null })
/** How a run ended: its weights, every point of the compared metrics, all that probes measured, and its predictions. */
export function ending(folder: string): {
  run: Pick<RunDetail, 'status' | 'steps' | 'weightsSha256'>
  points: unknown
  probes: unknown
  predictions: unknown
} {
  const store = openStore(folder, 'test')
  try {
    const [{ id } = { id: 0 }] = store.runs.list()
    const { status, steps, weightsSha256 } = store.runs.get(id)
    const points = store.metrics
      .series({ ...everything(id), metrics: compared })
      .map(({ metric, buckets }) => [metric, buckets.map(({ step, last, epoch }) => [step, last, epoch])])
    const { steps: probed, rows } = store.health.history({
      runId: id,
      figures: [...figures],
      maxColumns: 2000,
      fromStep: null,
      toStep: null,
    })
    const predictions = (['best', 'last'] as const).map((kept) => store.predictions.get(id, kept))
    return { run: { status, steps, weightsSha256 }, points, probes: { probed, rows }, predictions }
  } finally {
    store.close()
  }
}
