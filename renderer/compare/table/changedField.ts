/** What changed since the run before on the same data and model: a column that only the list of all runs can fill. */
import type { Field } from '../../../main/common/filter/fields/index.ts'
import type { Run } from '../../../main/common/schemas.ts'
import { changes } from '../../../main/common/settings.ts'

/** Worked out for a run when it is first asked for: of thousands only some are ever in sight. */
export function changedField(runs: readonly Run[]): Field {
  const before = new Map<number, Run>()
  const newest = new Map<string, Run>()
  for (const run of [...runs].sort((a, b) => a.id - b.id)) {
    if (run.config === null) continue
    const subject = `${run.datasetId}\n${run.modelName}`
    const earlier = newest.get(subject)
    if (earlier) before.set(run.id, earlier)
    newest.set(subject, run)
  }
  const told = new Map<number, string>()
  return {
    ...{ name: 'changed', title: 'What changed', kind: 'text', group: 'run' },
    help: 'Settings that differ from the run before it on the same data and model',
    read: (run) => {
      const known = told.get(run.id)
      if (known !== undefined) return known
      const text = tell(run, before.get(run.id))
      if (text !== null) told.set(run.id, text)
      return text
    },
  }
}

function tell(run: Run, before: Run | undefined): string | null {
  if (run.config === null) return null
  if (!before?.config) return 'first of its kind'
  const { config, parameters, architecture } = run
  const found = changes({ config: before.config, parameters: before.parameters }, { config, parameters })
  if (before.architecture !== architecture && before.parameters === parameters) found.unshift('layers')
  return found.join(', ') || 'nothing'
}
