/** What went wrong in a run, in words for a person: faults of the engine that a person may cause among them. */
import { toRefusal, UserError, type Refusal } from '../../common/errors.ts'

/** What kind of mistake the engine says it was; empty of any other error. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

export function troubleOf(error: unknown): Refusal & { detail?: string } {
  const detail = error instanceof Error ? error.stack : undefined
  return { ...refusalOf(error), ...(detail === undefined ? {} : { detail }) }
}

/** What the engine says of memory, without what to do about it in a program. */
const asked = (what: string): string => what.replace(/^\[\w+\] /, '').replace(/; use a smaller batch.*$/, '')

function refusalOf(error: unknown): Refusal {
  if (error instanceof UserError) return toRefusal(error)
  const { what } = toRefusal(error)
  switch (codeOf(error)) {
    case 'TAPE_MEMORY':
      return {
        code: 'training/memory',
        what: `There is not enough memory for this model and this batch: ${asked(what)}.`,
        mend: 'Use a smaller batch or smaller layers, or accumulate several small batches into one step.',
      }
    case 'TAPE_FILE':
      return {
        code: 'training/data',
        what: `The data set's files cannot be read: ${what}.`,
        mend: 'Import the data again on the Data page.',
      }
    case 'TAPE_SHAPE':
    case 'TAPE_DTYPE':
    case 'TAPE_VALUE':
    case 'TAPE_GRADIENT':
      return {
        code: 'training/operator',
        what: `A layer cannot work with what it is given: ${what}.`,
        mend: 'Look at the layer on the Build page; "One batch" and "Check gradients" show it without training.',
      }
    default:
      return toRefusal(error)
  }
}
