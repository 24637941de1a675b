/** Reads event files as pieces. */
import { basename } from 'node:path'
import { UserError } from '../../common/errors.ts'
import type { Curve } from '../curve.ts'
import { curveOf, piecesOf } from '../curves.ts'
import type { Piece, ReadTask } from '../piece.ts'
import { decodeEvent, type EventMessage, type Setting } from './event.ts'
import { eventRuns, type EventRun } from './folder.ts'
import { readRecords, type RecordsEnd } from './records.ts'
import { WireError } from './wire.ts'

/** @throws UserError `exchange/nothing`, `exchange/file` */
export async function* readEvents(path: string, { signal, onProgress }: ReadTask): AsyncGenerator<Piece> {
  const runs = await eventRuns(path, signal)
  const total = runs.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  let found = 0
  const notes: string[] = []
  for (const run of runs) {
    const read = await collect(run, signal, (bytes) => onProgress(done + bytes, total, run.name))
    done += run.bytes
    notes.push(...read.notes)
    for (const note of read.notes) yield { kind: 'note', note }
    if (read.curves.size === 0) continue
    found++
    yield* piecesOf({
      key: run.name,
      name: run.name,
      origin: { kind: 'tensorboard', path, name: run.name, settings: read.settings },
      curves: read.curves,
      began: read.began,
      ended: read.ended,
      otherwise: run.changedAt,
    })
  }
  if (found === 0)
    throw new UserError({
      code: 'exchange/nothing',
      what: [`${path} holds no scalars in TensorBoard's event files.`, ...notes.slice(0, 3)].join(' '),
      mend: 'Choose the folder that SummaryWriter or tf.summary wrote to, the one you would give to tensorboard --logdir.',
    })
}

interface Collected {
  curves: Map<string, Curve>
  settings: Record<string, Setting>
  began: number | null
  ended: number | null
  notes: string[]
}

async function collect(
  run: EventRun,
  signal: AbortSignal,
  onRead: (bytes: number) => void,
): Promise<Collected> {
  const all: Collected = { curves: new Map(), settings: {}, began: null, ended: null, notes: [] }
  let before = 0
  for (const file of run.files) {
    let size = 0
    const label = run.files.length === 1 ? `“${run.name}”` : `“${run.name}” (${basename(file)})`
    const own = await readFile({ path: file, label }, all, signal, (bytes) => onRead(before + (size = bytes)))
    before += size
    const overridden = override(all.curves, own)
    if (overridden > 0)
      all.notes.push(
        `“${run.name}” was begun again: ${overridden} points of an earlier file were replaced by later ones.`,
      )
  }
  return all
}

/** A later file replaces what an earlier one has from its own first step on, metric by metric. @returns points replaced */
function override(curves: Map<string, Curve>, later: ReadonlyMap<string, Curve>): number {
  let replaced = 0
  for (const [tag, curve] of later) {
    const earlier = curveOf(curves, tag)
    replaced += earlier.dropFrom(curve.firstStep())
    earlier.append(curve)
  }
  return replaced
}

async function readFile(
  { path, label }: { path: string; label: string },
  all: Collected,
  signal: AbortSignal,
  onRead: (bytes: number) => void,
): Promise<Map<string, Curve>> {
  const own = new Map<string, Curve>()
  const records = readRecords(path, onRead)
  let unreadable = 0
  for (;;) {
    const next = await records.next()
    if (next.done) {
      all.notes.push(...endWords(label, next.value))
      break
    }
    signal.throwIfAborted()
    for (const record of next.value)
      try {
        take(decodeEvent(record), own, all)
      } catch (error) {
        if (!(error instanceof WireError)) throw error
        unreadable++
      }
  }
  if (unreadable > 0) all.notes.push(`${unreadable} records of ${label} are no events and were left out.`)
  return own
}

/** No clock shows a later time: the year 5138. */
const latest = 1e11 // s
export const isTime = (wallTime: number): boolean => wallTime > 0 && wallTime < latest

function take(event: EventMessage, own: Map<string, Curve>, all: Collected): void {
  const { step, wallTime, scalars, settings } = event
  if (event.sessionStart)
    for (const curves of [all.curves, own]) for (const curve of curves.values()) curve.dropFrom(step)
  if (settings) Object.assign(all.settings, settings)
  if (scalars.length === 0) return
  const when = isTime(wallTime) ? wallTime : NaN
  if (!Number.isNaN(when)) {
    all.began = Math.min(all.began ?? Infinity, when)
    all.ended = Math.max(all.ended ?? -Infinity, when)
  }
  for (const { tag, value } of scalars) curveOf(own, tag).add(step, value, 0, when)
}

function endWords(name: string, end: RecordsEnd): string[] {
  if (end === 'whole') return []
  if (end === 'compressed') return [`${name} is compressed; unpack it first, with gunzip for instance.`]
  if (end === 'cut')
    return [`The last record of ${name} is incomplete and was left out, as while a program still writes.`]
  return [`${name} is damaged: ${end.damaged}. What comes after it was left out.`]
}
