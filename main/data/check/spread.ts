/** Over which parts and classes each group of rows is spread. */
import type { Pace } from '../pace.ts'
import type { Evidence } from './evidence.ts'
import type { Groups } from './groups.ts'

export interface Spread {
  /** Bits of the parts that a group has rows in: 1 training, 2 validation, 4 the test. */
  parts: Uint8Array
  /** Rows of a group in the part that has most of them. */
  together: Uint32Array
  /** Whether its rows are of several classes. */
  mixed: Uint8Array
}

const bits = { train: 1, validation: 2, test: 4 } as const

export const inSeveralParts = (mask: number): boolean => (mask & (mask - 1)) !== 0

export async function spreadOf({ of, sizes }: Groups, evidence: Evidence, pace: Pace): Promise<Spread> {
  const spread: Spread = {
    parts: new Uint8Array(sizes.length),
    together: new Uint32Array(sizes.length),
    mixed: new Uint8Array(sizes.length),
  }
  const perPart = { train: 0, validation: 1, test: 2 } as const
  const counts = new Uint32Array(3 * sizes.length)
  const firstClass = new Int32Array(sizes.length).fill(-1)
  for (let row = 0; row < evidence.rows; row += 1) {
    if (row % 1024 === 0) await pace.rest()
    const group = of[row]!
    if (group < 0) continue
    const part = evidence.partOf(row)
    spread.parts[group]! |= bits[part]
    const times = (counts[3 * group + perPart[part]]! += 1)
    if (times > spread.together[group]!) spread.together[group] = times
    const classIndex = evidence.classOf[row]!
    if (firstClass[group] === -1) firstClass[group] = classIndex
    else if (firstClass[group] !== classIndex) spread.mixed[group] = 1
  }
  return spread
}
