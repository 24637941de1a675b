/** Runs of which a condition holds, as the table on the page has them. */
import { compile } from '../common/filter/compile.ts'
import { FilterError } from '../common/filter/error.ts'
import { Fields } from '../common/filter/fields/index.ts'
import type { Run } from '../common/schemas.ts'
import { UsageError } from './errors.ts'

/** @throws UsageError with the place in the text */
export function filterRuns(runs: readonly Run[], text: string): Run[] {
  try {
    return runs.filter(compile(text, new Fields(runs)))
  } catch (error) {
    if (!(error instanceof FilterError)) throw error
    throw new UsageError(`--filter, position ${error.start + 1}: ${error.what}`, error.mend)
  }
}
