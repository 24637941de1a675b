/** Follows the list of runs: all of it once, a page at a time, and then only the runs that changed. */
import type { Run } from '../../main/common/schemas.ts'
import { unpackRuns } from '../../main/common/storedRun.ts'
import { client } from '../client.ts'
import { useConnection } from './connection.ts'

let known = new Map<number, Run>()
/** Of the newest change that `known` holds. */
let revision = 0
let session = 0
/** @param list outside the bin, newest first */
type Show = (list: Run[], whole: boolean) => void

let pulling: Promise<void> = Promise.resolve()

/**
 * Asks for what changed since the last time, after any pull that is under way.
 * @param show is called with the first page too, while the rest of the first pull is on its way
 */
export function pullRuns(show: Show): Promise<void> {
  const pull = pulling.then(() => pullOnce(show))
  pulling = pull.catch(() => undefined)
  return pull
}

async function pullOnce(show: Show): Promise<void> {
  const now = useConnection.getState().session
  // Another process may have answered until then, with another workspace.
  if (session !== now) [known, revision, session] = [new Map(), 0, now]
  let newest: number | null = null
  let before: number | null = null
  do {
    const changes = await client.runs.changes({ since: revision, before })
    for (const run of unpackRuns(changes)) known.set(run.id, run)
    for (const id of changes.gone) known.delete(id)
    if (newest === null && changes.before !== null && revision === 0) show(shown(), false)
    newest ??= changes.revision
    before = changes.before
  } while (before !== null)
  revision = newest
  show(shown(), true)
}

/** A run that did not change is the same object as before. */
const shown = (): Run[] =>
  [...known.values()].filter((run) => run.binnedAt === null).toSorted((a, b) => b.id - a.id)

/** For ever; starts again when the connection or the stream ends. */
export async function followRuns(load: () => Promise<void>): Promise<never> {
  for (;;) {
    try {
      for await (const newest of await client.runs.watch()) if (newest !== revision) await load()
    } catch {
      // The banner says that the connection is lost.
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
