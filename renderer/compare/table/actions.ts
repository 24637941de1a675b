/** What is done with runs from the table. */
import { isConfigured } from '../../../main/common/ownRun.ts'
import type { Run } from '../../../main/common/schemas.ts'
import { chooseRun } from '../../inspect/inspect.ts'
import { goTo } from '../../state/pages.ts'
import { binRuns, tickOnly } from '../../state/runs.ts'

/** Its page; a run of another tool has curves only, which are here. */
export function open(run: Run): void {
  if (!isConfigured(run)) return tickOnly([run.id])
  chooseRun(run.id)
  goTo('inspect')
}

export function binChosen(runIds: number[]): void {
  if (runIds.length > 0) void binRuns(runIds)
}
