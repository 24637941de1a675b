/** Which rows are equal. An open hash table over typed arrays: a million rows take well under a second and 20 MB. */
import type { Pace } from '../pace.ts'

export interface Groups {
  /** The number of each row's group; -1 for rows that were left out. */
  of: Int32Array
  /** Rows in each group. */
  sizes: Uint32Array
}

/**
 * Numbers the groups of equal keys in the order in which they are met.
 * @param wanted rows that count; all where it is absent
 */
export async function groupEqual(
  keys: BigUint64Array,
  pace: Pace,
  wanted: (row: number) => boolean = () => true,
): Promise<Groups> {
  const words = new Uint32Array(keys.buffer, keys.byteOffset, 2 * keys.length)
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * keys.length + 2))).fill(-1)
  const mask = slots.length - 1
  const of = new Int32Array(keys.length).fill(-1)
  const sizes: number[] = []
  for (let row = 0; row < keys.length; row += 1) {
    if (row % 1024 === 0) await pace.rest()
    if (!wanted(row)) continue
    const [low, high] = [words[2 * row]!, words[2 * row + 1]!]
    let slot = mixed(low, high) & mask
    for (;;) {
      const other = slots[slot]!
      if (other < 0) {
        slots[slot] = row
        of[row] = sizes.push(1) - 1
        break
      }
      if (words[2 * other] === low && words[2 * other + 1] === high) {
        of[row] = of[other]!
        sizes[of[other]!]! += 1
        break
      }
      slot = (slot + 1) & mask
    }
  }
  return { of, sizes: Uint32Array.from(sizes) }
}

/** Spreads keys that differ in few bits, as those of similar pictures do (the finaliser of MurmurHash3). */
function mixed(low: number, high: number): number {
  let hash = low ^ Math.imul(high, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** At most so many groups are listed, of so many rows each. */
export const mostGroups = 100
export const mostRows = 20

/** The rows of the groups that are wanted, the first of each, in the order of the rows. */
export async function listGroups(
  groups: Groups,
  wanted: (group: number) => boolean,
  pace: Pace,
): Promise<number[][]> {
  const listed = new Map<number, number[]>()
  for (let row = 0; row < groups.of.length; row += 1) {
    if (row % 1024 === 0) await pace.rest()
    const group = groups.of[row]!
    if (group < 0 || !wanted(group)) continue
    const rows = listed.get(group)
    if (rows) {
      if (rows.length < mostRows) rows.push(row)
    } else if (listed.size < mostGroups) {
      listed.set(group, [row])
    }
  }
  return [...listed.values()]
}
