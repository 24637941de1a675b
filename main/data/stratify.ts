/**
 * The same share of every class for validation and for the test: of each class, in the order of the items' hashes, the
 * first are held out for validation and the last for the test. Where the cut falls depends on how many there are, so
 * adding data may move the few items beside it.
 */
import type { Split } from '../common/data/dataset.ts'
import type { Pace } from './pace.ts'
import { count } from './refuse.ts'
import type { Chooser, Row, Shares } from './split.ts'

/** @param free the rows whose side is to be chosen, in the order of their positions */
export async function stratify(
  rows: readonly Row[],
  free: readonly number[],
  { validationShare, split }: Shares,
  pace: Pace,
): Promise<Chooser> {
  const members = new Map<number, number[]>()
  for (const index of free) {
    await pace.rest()
    const { classIndex } = rows[index]!
    const found = members.get(classIndex)
    if (found) found.push(index)
    else members.set(classIndex, [index])
  }
  const sides: (Split | undefined)[] = Array.from({ length: rows.length })
  let without = 0
  for (const indices of members.values()) {
    const { validation, test } = await cuts(
      indices.map((index) => rows[index]!.position),
      { validation: validationShare, test: split.testShare },
      pace,
    )
    if (validation === 0) without += 1
    for (let at = 0; at < validation; at += 1) sides[indices[at]!] = 'validation'
    for (let at = test; at < indices.length; at += 1) sides[indices[at]!] = 'test'
  }
  return {
    sideOf: (index) => sides[index] ?? 'train',
    notes: [
      'Every class has the same share in each part; after adding data, a few samples may change parts.',
      ...(without > 0
        ? [`${count(without, 'class is', 'classes are')} too small to have a sample in validation.`]
        : []),
    ],
  }
}

/** Where validation ends and the test begins; at least one is left to train on. */
async function cuts(
  positions: readonly number[],
  shares: Record<'validation' | 'test', number>,
  pace: Pace,
): Promise<Record<'validation' | 'test', number>> {
  await pace.rest()
  const all = positions.length
  const ends = nearest(positions, Math.min(all - 1, Math.round(shares.validation * all)))
  const validation = ends === all ? 0 : ends
  const begins = nearest(positions, Math.max(validation + 1, all - Math.round(shares.test * all)))
  return { validation, test: begins > validation ? begins : all }
}

/** The cut nearest to `wanted` that does not part equal positions: exact duplicates stay on one side. */
function nearest(positions: readonly number[], wanted: number): number {
  const whole = (cut: number): boolean =>
    cut === 0 || cut === positions.length || positions[cut - 1] !== positions[cut]
  let away = 0
  for (; away <= positions.length; away += 1) {
    if (wanted >= away && whole(wanted - away)) return wanted - away
    if (wanted + away <= positions.length && whole(wanted + away)) return wanted + away
  }
  return wanted
}
