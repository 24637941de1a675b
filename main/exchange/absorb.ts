/**
 * Takes pieces into the store, some milliseconds at a time. All runs of a source appear together at the end, or none: what
 * a refused, cancelled or killed import leaves lies in no table.
 */
import { mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Imported } from '../common/exchange/exchange.ts'
import type { Run } from '../common/schemas.ts'
import type { Point, PointColumns, Store } from '../store/index.ts'
import { filesOf } from '../training/checkpointFiles.ts'
import { damaged } from './refuse.ts'
import type { ForeignCheckpoint, ForeignRun, Piece } from './piece.ts'

export interface AbsorbTask {
  /** Where the checkpoints of a run lie. */
  checkpointFolder: (runId: number) => string
  /** Also runs that are here already. */
  again: boolean
  signal: AbortSignal
}

/** Points written before other work has its turn. */
const slice = 1000

interface Admitted {
  id: number
  run: ForeignRun
  checkpoints: ForeignCheckpoint[]
}

export async function absorb(
  pieces: AsyncIterable<Piece>,
  store: Store,
  { checkpointFolder, again, signal }: AbsorbTask,
): Promise<Omit<Imported, 'path' | 'kind'>> {
  const admitted: Admitted[] = []
  const known: Imported['known'] = []
  const notes: string[] = []
  const metrics = new Set<string>()
  let points = 0
  /** The run whose pieces come now; null while they are of one that is here already. */
  let current: Admitted | null = null
  try {
    for await (const piece of pieces) {
      signal.throwIfAborted()
      if (piece.kind === 'note') notes.push(piece.note)
      else if (piece.kind === 'run') {
        const alike = again ? null : store.transfer.alike(piece.run)
        if (alike) known.push({ name: piece.run.name, ...alike })
        current = alike ? null : { id: store.transfer.admit(piece.run), run: piece.run, checkpoints: [] }
        if (current) admitted.push(current)
      } else if (current) {
        await take(store, current, piece)
        if (piece.kind === 'points') {
          metrics.add(piece.metric)
          points += piece.points.steps.length
        }
      }
    }
    signal.throwIfAborted()
    for (const one of admitted) one.checkpoints = await moved(one, checkpointFolder(one.id))
    settle(store, admitted)
  } catch (error) {
    for (const { id } of admitted) {
      for (const _ of store.transfer.discard(id)) await turn()
      await rm(checkpointFolder(id), { recursive: true, force: true })
    }
    throw error
  }
  return {
    runs: admitted.map(({ id, run }) => ({ id, name: run.name })),
    known,
    metrics: metrics.size,
    points,
    checkpoints: admitted.reduce((sum, { checkpoints }) => sum + checkpoints.length, 0),
    notes,
  }
}

async function take(
  store: Store,
  into: Admitted,
  piece: Exclude<Piece, { kind: 'run' | 'note' }>,
): Promise<void> {
  switch (piece.kind) {
    case 'points':
      for (let from = 0; from < piece.points.steps.length; from += slice) {
        const rows = pointsOf(piece.metric, piece.points, from, from + slice)
        store.transaction(() => store.metrics.append(into.id, rows))
        await turn()
      }
      return
    case 'layers':
      return store.health.setLayers(into.id, piece.layers)
    case 'probes':
      store.transaction(() => store.health.append(into.id, piece.probes))
      return turn()
    case 'predictions': {
      let fit = false
      store.transaction(() => (fit = store.predictions.putPacked(into.id, piece.predictions)))
      if (!fit) throw damaged(`The predictions of “${into.run.name}” do not fit what they say of themselves`)
      return turn()
    }
    case 'checkpoint':
      into.checkpoints.push(piece.checkpoint)
      return
  }
}

function* between(from: number, to: number): Generator<number> {
  for (let i = from; i < to; i++) yield i
}

const pointsOf = (metric: string, columns: PointColumns, from: number, to: number): Point[] =>
  Array.from(between(from, Math.min(to, columns.steps.length)), (i) => ({
    metric,
    step: columns.steps[i]!,
    value: columns.values[i]!,
    epoch: columns.epochs[i]!,
    seconds: columns.seconds[i]!,
  }))

/** From where they were unpacked to where the checkpoints of their run lie. */
async function moved({ checkpoints }: Admitted, folder: string): Promise<ForeignCheckpoint[]> {
  if (checkpoints.length === 0) return []
  await mkdir(folder, { recursive: true })
  const there: ForeignCheckpoint[] = []
  for (const checkpoint of checkpoints) {
    const path = join(folder, basename(checkpoint.path))
    const targets = filesOf(path)
    for (const [i, file] of filesOf(checkpoint.path).entries()) await rename(file, targets[i]!)
    there.push({ ...checkpoint, path })
  }
  await rmdir(dirname(checkpoints[0]!.path))
  return there
}

function settle(store: Store, admitted: readonly Admitted[]): void {
  const ids = new Map(admitted.map(({ id, run }) => [run.key, id]))
  store.transaction(() => {
    for (const { id, run, checkpoints } of admitted) {
      const parentId = run.parent === null ? undefined : ids.get(run.parent.key)
      const parent =
        run.parent && parentId !== undefined
          ? { runId: parentId, step: run.parent.step }
          : parentHere(store, run.from)
      for (const event of run.events) store.runs.addEvent(id, event)
      for (const checkpoint of checkpoints) store.checkpoints.add({ ...checkpoint, runId: id })
      const newest = checkpoints.findLast(({ kind }) => kind !== 'best')
      if (newest) store.runs.setCheckpoint(id, newest.path, run.weightsSha256 ?? newest.weightsSha256)
      store.transfer.settle(id, run, parent)
    }
  })
}

/** Where a run came from, if that is in this workspace. */
export const parentHere = (store: Store, from: ForeignRun['from']): Run['parent'] =>
  from && store.follows.isHere(from.run, from.name) ? { runId: from.run, step: from.step } : null

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
