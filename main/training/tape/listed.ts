/** Which nodes of a tape are listed one by one. */

/**
 * @param ends number of nodes up to the end of each layer
 * @returns the number after the last listed node of each layer: all of them where there are at most `most`, else the same
 * number of each layer's first ones, and what short layers leave over goes to the long ones
 */
export function listedUpTo(ends: readonly number[], most: number): number[] {
  const counts = ends.map((end, layer) => end - (ends[layer - 1] ?? 0))
  const shortFirst = counts.map((count, layer) => ({ count, layer })).sort((a, b) => a.count - b.count)
  const upTo: number[] = []
  let left = most
  shortFirst.forEach(({ count, layer }, done) => {
    const listed = Math.min(count, Math.floor(left / (counts.length - done)))
    left -= listed
    upTo[layer] = (ends[layer - 1] ?? 0) + listed
  })
  return upTo
}
