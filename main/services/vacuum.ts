import { setImmediate as turn } from 'node:timers/promises'
import type { Progress } from '../common/schemas.ts'
import type { Store } from '../store/index.ts'

/** Gives the space of what was deleted back to the disk, in pieces with other work between them; how many bytes. */
export async function vacuum(
  store: Store,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: Progress) => void },
): Promise<{ bytes: number }> {
  const total = store.space.free
  for (const _ of store.space.vacuum()) {
    if (signal.aborted) break
    onProgress({ done: total - store.space.free, total, note: 'Giving space back' })
    await turn()
  }
  return { bytes: total - store.space.free }
}
