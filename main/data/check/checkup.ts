/** Looks for what is likely to spoil training or its measures; the last stage of an import. */
import type { Check, Dataset } from '../../common/data/dataset.ts'
import type { Pace } from '../pace.ts'
import type { Checker, Subject } from './check.ts'
import { emptyClasses, imbalance, oneClassParts } from './classes.ts'
import { conflictingLabels, exactDuplicates, leaks } from './duplicates.ts'
import type { Evidence } from './evidence.ts'
import { groupEqual } from './groups.ts'
import { nearDuplicates } from './nearDuplicates.ts'
import { constantColumns, setAside } from './setAside.ts'
import { spreadOf } from './spread.ts'

const checkers: readonly Checker[] = [
  leaks,
  conflictingLabels,
  oneClassParts,
  emptyClasses,
  nearDuplicates,
  exactDuplicates,
  imbalance,
  constantColumns,
  setAside,
]

/**
 * @param found what the import knows: the record without its checks, and where its rows are stored
 * @returns warnings first
 */
export async function checkUp(
  found: Pick<Subject, 'evidence' | 'dataset' | 'folder' | 'constantColumns' | 'problems'>,
  pace: Pace,
): Promise<Check[]> {
  const subject: Subject = {
    ...found,
    equal: await equalRows(found.evidence, pace),
    noun: nounOf(found.dataset),
  }
  const checks: Check[] = []
  for (const [done, check] of checkers.entries()) {
    pace.report(done, checkers.length, 'Checking')
    const said = await check(subject, pace)
    if (said) checks.push(said)
  }
  pace.report(checkers.length, checkers.length, 'Checking')
  const warned = (check: Check): number => Number(check.severity === 'warning')
  return checks.sort((a, b) => warned(b) - warned(a))
}

async function equalRows(evidence: Evidence, pace: Pace): Promise<Subject['equal']> {
  if (!evidence.digests) return null
  const groups = await groupEqual(evidence.digests.subarray(0, evidence.rows), pace)
  return { groups, spread: await spreadOf(groups, evidence, pace) }
}

function nounOf({ sampleShape, options }: Dataset): string {
  if (sampleShape.length === 3) return 'image'
  if (options.text) return 'text'
  return options.table ? 'row' : 'sample'
}
