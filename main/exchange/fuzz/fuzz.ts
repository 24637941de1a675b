/**
 * Damaged archives, event files and tables through the readers: each must end in runs that the table can show or in a
 * refusal, soon, and touch nothing but the folder it is given.
 *
 *     node main/exchange/fuzz/fuzz.ts CASES [SEED [FROM]]
 *
 * prints a report; one case is repeated by `fuzz.ts FROM+1 SEED FROM`.
 */
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../../common/errors.ts'
import { runDetailSchema } from '../../common/schemas.ts'
import { stream } from '../../data/fuzz/cases.ts'
import { absorb } from '../absorb.ts'
import { quiet } from '../fixture.ts'
import type { Piece } from '../piece.ts'
import { readSource } from '../work.ts'
import { emptyWorkspace, type Workspace } from '../workspaceFixture.ts'
import { seeds } from './seeds.ts'

export interface FuzzReport {
  cases: number
  ended: Record<string, { passed: number; refused: number }>
  /** What must not happen, by message without figures, with the first case that did it. */
  faults: Record<string, { case: number; detail: string; times: number }>
  /** Milliseconds of processor time. */
  slowest: { spent: number; case: number }
  seconds: number
}

/** A case takes milliseconds. */
const longest = 5000 // ms
/** One case in so many goes into a store. */
const throughStore = 10

export async function fuzz(
  cases: number,
  seed: number,
  { from = 0, onCase = (_: FuzzReport): void => undefined } = {},
): Promise<FuzzReport> {
  const report: FuzzReport = { cases: 0, ended: {}, faults: {}, slowest: { spent: 0, case: 0 }, seconds: 0 }
  const all = await seeds()
  const root = mkdtempSync(join(workFolder(), 'tapedeck-fuzz-'))
  const workspace = emptyWorkspace(workFolder())
  const began = performance.now()
  try {
    for (let number = from; number < cases; number++) {
      const one = all[number % all.length]!
      const bytes = await one.damaged(stream(Math.imul(seed, 0x9e3779b9) ^ number))
      const cpu = process.cpuUsage()
      const faults: unknown[] = []
      const into = number % throughStore === 0 ? workspace : null
      const end = await attempt(root, one.file, bytes, into).catch((error: unknown) => {
        faults.push(error)
        return null
      })
      const { user, system } = process.cpuUsage(cpu)
      const spent = (user + system) / 1000
      if (spent > longest) faults.push(new Error(`took ${Math.round(spent)} ms`))
      if (spent > report.slowest.spent) report.slowest = { spent: Math.round(spent), case: number }
      report.ended[one.name] ??= { passed: 0, refused: 0 }
      if (end) report.ended[one.name]![end]++
      for (const fault of faults) note(report, number, fault)
      report.cases++
      report.seconds = Math.round((performance.now() - began) / 1000)
      onCase(report)
    }
  } finally {
    workspace.remove()
    rmSync(root, { recursive: true, force: true })
  }
  return report
}

/** @throws what must not happen */
async function attempt(
  root: string,
  name: string,
  bytes: Buffer,
  workspace: Workspace | null,
): Promise<'passed' | 'refused'> {
  const box = join(root, 'box')
  const staging = join(box, 'staging')
  rmSync(box, { recursive: true, force: true })
  mkdirSync(staging, { recursive: true })
  const path = join(box, name)
  writeFileSync(path, bytes)
  try {
    const job = { path, reading: null, staging }
    const pieces = readSource(job, { ...quiet, onProgress: () => undefined }, () => undefined)
    if (workspace) await intoStore(pieces, workspace)
    else await checked(pieces)
    return 'passed'
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    if (workspace) nothingIn(workspace)
    return 'refused'
  } finally {
    untouched(root, name)
  }
}

/** A piece that the store would take, but the table could not show, is a fault. */
async function checked(pieces: AsyncIterable<Piece>): Promise<void> {
  const last = new Map<string, number>()
  for await (const piece of pieces) {
    if (piece.kind === 'run') last.clear()
    if (piece.kind !== 'points') continue
    const { steps, values, epochs, seconds } = piece.points
    for (const [i, step] of steps.entries()) {
      if (!Number.isSafeInteger(step) || step < 0 || step <= (last.get(piece.metric) ?? -1))
        throw new Error(`a step ${step}`)
      if (![values[i], epochs[i], seconds[i]].every(Number.isFinite))
        throw new Error('a point that is not finite')
      last.set(piece.metric, step)
    }
  }
}

async function intoStore(
  pieces: AsyncIterable<Piece>,
  { store, checkpointFolder }: Workspace,
): Promise<void> {
  const { runs } = await absorb(pieces, store, { checkpointFolder, again: true, signal: quiet.signal })
  for (const { id } of runs) {
    runDetailSchema.parse(store.runs.get(id))
    const names = store.transfer.metrics(id).map(({ metric }) => metric)
    store.metrics.series({ runIds: [id], metrics: names, maxBuckets: 50, fromStep: null, toStep: null })
    for (const _ of store.transfer.discard(id));
    rmSync(checkpointFolder(id), { recursive: true, force: true })
  }
  nothingIn({ store })
}

function nothingIn({ store }: Pick<Workspace, 'store'>): void {
  if (store.runs.list().length + store.runs.binned().length > 0) throw new Error('runs are left')
}

function untouched(root: string, name: string): void {
  const outside = [...readdirSync(root), ...readdirSync(join(root, 'box'))].filter(
    (entry) => !['box', 'staging', name].includes(entry),
  )
  if (outside.length > 0) throw new Error(`wrote ${outside.join(', ')}`)
}

function note(report: FuzzReport, number: number, fault: unknown): void {
  const error = fault instanceof Error ? fault : new Error(String(fault))
  const known = (report.faults[error.message.replaceAll(/\d+/g, '#').slice(0, 200)] ??= {
    case: number,
    detail: error.stack ?? '',
    times: 0,
  })
  known.times++
}

/** In memory where there is a file system for that. */
function workFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}

if (import.meta.main) {
  const [, , cases = '1000', seed = '1', from = '0'] = process.argv
  let told = performance.now()
  const onCase = ({ cases: done, seconds, faults }: FuzzReport): void => {
    if (performance.now() - told < 60_000) return
    told = performance.now()
    process.stderr.write(`${done} cases, ${Object.keys(faults).length} faults, ${seconds} s\n`)
  }
  const report = await fuzz(Number(cases), Number(seed), { from: Number(from), onCase })
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
}
