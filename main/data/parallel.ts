import { availableParallelism } from 'node:os'

/** Files read or decoded at a time: enough to keep the thread pool busy, few enough to bound memory. */
export const decodeLimit = Math.max(4, Math.min(8, availableParallelism()))

/**
 * Runs `work` on at most `limit` items at a time and gives the results in the order of the items.
 * When the consumer leaves early, what was already begun is waited for, so nothing runs on behind it.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = []
  const iterator = items[Symbol.iterator]()
  try {
    for (;;) {
      while (begun.length < limit) {
        const next = iterator.next()
        if (next.done) break
        const promise = work(next.value)
        promise.catch(() => undefined) // handled when its turn comes, or dropped on leaving
        begun.push(promise)
      }
      const first = begun.shift()
      if (!first) return
      yield await first
    }
  } finally {
    await Promise.allSettled(begun)
  }
}
