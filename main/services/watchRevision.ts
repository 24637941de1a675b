import { setTimeout as wait } from 'node:timers/promises'
import type { Store } from '../store/index.ts'

/** Milliseconds between two looks; also sees what another process writes. */
const interval = 250

/** The number of the newest change of the list of runs, now and whenever there is a newer one. */
export async function* watchRevision(store: Store, signal?: AbortSignal): AsyncGenerator<number, void, void> {
  let told = -1
  while (!signal?.aborted) {
    const { revision } = store.runList
    if (revision !== told) yield (told = revision)
    await wait(interval, undefined, { ref: false, ...(signal && { signal }) }).catch(() => undefined)
  }
}
