/**
 * Sizes that images are padded to, so that more of them share a batch. Which sizes depends on nothing but the sizes of
 * the images; an image's own depends on nothing but these, so the same image is always padded in the same way.
 */
import type { Pace } from '../pace.ts'

export interface Extent {
  width: number
  height: number
}

/** Rounding must not turn an image away from the very size it was chosen for. */
const slack = 1e-9

/**
 * Sizes such that every image fits into one of them with at most `mostPadding` of it empty; few, but not always the
 * fewest, as finding those takes too long.
 * @param sizes sizes of the images, any number of times
 * @param mostPadding share of the padded image, 0 to 0.5
 * @returns the largest first
 */
export async function chooseBuckets(
  sizes: readonly Extent[],
  mostPadding: number,
  pace: Pace,
): Promise<Extent[]> {
  const distinct = [...new Map(sizes.map((size) => [keyOf(size), size])).values()]
  if (mostPadding === 0) return distinct.sort(largestFirst)
  // Landscape and portrait have little in common; of both, the longer side is often the same everywhere.
  const wide = distinct.filter(({ width, height }) => width >= height)
  const tall = distinct.filter(({ width, height }) => width < height).map(turned)
  const chosen = [
    ...(await cover(wide, mostPadding, pace)),
    ...(await cover(tall, mostPadding, pace)).map(turned),
  ].sort(largestFirst)
  const used = new Set<string>()
  for (const size of distinct) {
    await pace.rest()
    used.add(keyOf(bucketOf(size, chosen, mostPadding)))
  }
  return chosen.filter((bucket) => used.has(keyOf(bucket)))
}

/**
 * The smallest size that an image fits into with at most `mostPadding` of it empty; its own where there is none.
 * @param buckets the largest first
 */
export function bucketOf(size: Extent, buckets: readonly Extent[], mostPadding: number): Extent {
  for (let at = lastAtLeast(area(size), buckets); at >= 0; at -= 1) {
    const { width, height } = buckets[at]!
    if (area(size) < (1 - mostPadding) * width * height - slack) break
    if (width >= size.width && height >= size.height) return { width, height }
  }
  return size
}

/** The last of the sizes, largest first, that is not smaller. */
function lastAtLeast(least: number, buckets: readonly Extent[]): number {
  let [from, to] = [0, buckets.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (area(buckets[middle]!) >= least) from = middle + 1
    else to = middle
  }
  return from - 1
}

/** How much of the padding may be spent on the longer side; each is tried, and the fewest sizes win. */
const spendings = [0, 0.25, 0.5, 0.75]

async function cover(sizes: readonly Extent[], mostPadding: number, pace: Pace): Promise<Extent[]> {
  let best: Extent[] | null = null
  for (const part of spendings) {
    await pace.rest()
    const trial = greedyCover(sizes, mostPadding, part * mostPadding)
    if (!best || trial.length < best.length) best = trial
  }
  return best!
}

/**
 * Longer sides in groups that differ by at most `spent`; in each, heights from the largest down, a new size where the
 * next image would be padded too much.
 */
function greedyCover(sizes: readonly Extent[], mostPadding: number, spent: number): Extent[] {
  const chosen: Extent[] = []
  const byWidth = [...sizes].sort((a, b) => b.width - a.width || b.height - a.height)
  for (let from = 0; from < byWidth.length;) {
    const { width } = byWidth[from]!
    let to = from
    while (to < byWidth.length && byWidth[to]!.width >= (1 - spent) * width - slack) to += 1
    const group = byWidth.slice(from, to).sort((a, b) => b.height - a.height || b.width - a.width)
    let bucket: Extent | null = null
    for (const size of group) {
      if (bucket && area(size) >= (1 - mostPadding) * area(bucket) - slack) continue
      bucket = { width, height: size.height }
      chosen.push(bucket)
    }
    from = to
  }
  return chosen
}

const area = ({ width, height }: Extent): number => width * height
const turned = ({ width, height }: Extent): Extent => ({ width: height, height: width })
export const keyOf = ({ width, height }: Extent): string => `${width}x${height}`
const largestFirst = (a: Extent, b: Extent): number => area(b) - area(a) || b.width - a.width
