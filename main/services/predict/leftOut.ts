/** Samples that a network refuses: an evaluation is of the others, and says so. */
import { UserError } from '../../common/errors.ts'
import { readItems } from '../../data/index.ts'
import type { EvaluatedSplit } from '../../training/predict/evaluateSplit.ts'

const mostNamed = 5
const mostCharacters = 60

/**
 * @param folder of the samples
 * @returns what to know of them, in sentences; null where nothing was left out
 * @throws UserError `evaluate/all-left-out`
 */
export async function leftOutNote({ rows, leftOut }: EvaluatedSplit, folder: string): Promise<string | null> {
  if (!leftOut) return null
  const count = leftOut.rows.length
  const named = (await readItems(folder, leftOut.rows.slice(0, mostNamed))).map(shortened)
  const more = count > named.length ? ` and ${figure(count - named.length)} more` : ''
  const { what, mend } = leftOut.refusal
  const which = `${named.join(', ')}${more}. ${count === 1 ? '' : 'Of the first: '}${what}`
  const all = figure(rows.length + count)
  if (rows.length > 0)
    return `The network cannot answer ${figure(count)} of ${all} samples, left out of all figures: ${which}`
  throw new UserError({
    code: 'evaluate/all-left-out',
    what: `The network cannot answer ${count === 1 ? 'the only sample' : `any of ${all} samples`}: ${which}`,
    mend,
  })
}

const figure = (value: number): string => value.toLocaleString('en-US')

const shortened = (item: string): string =>
  item.length > mostCharacters ? `${item.slice(0, mostCharacters)}…` : item
