/** What a sweep will amount to, before it is started. */
import { checkValues } from '../../common/sweeps/apply.ts'
import type { SweepPreview } from '../../common/sweeps/contract.ts'
import { rungsOf } from '../../common/sweeps/halving.ts'
import { epochsOf } from '../../common/sweeps/next.ts'
import type { SweepSpec } from '../../common/sweeps/spec.ts'
import { sizeOf, trialsOf, trialText } from '../../common/sweeps/trials.ts'
import type { Store } from '../../store/index.ts'

const shown = 10

/** @throws UserError what is wrong with the description, as `trialsOf` and `checkValues` do */
export function previewSweep(store: Store, spec: SweepSpec): SweepPreview {
  const trials = trialsOf(spec)
  checkValues(spec, trials)
  const { combinations, runs: wanted } = sizeOf(spec)
  const epochs = epochsOf(spec)
  const before = store.runs.newestOf(spec.datasetId, spec.document.name)
  const known = before !== null && before.epochsDone > 0 && before.seconds > 0
  const seconds = known ? (epochs * before.seconds) / before.epochsDone : null
  const { method, config, budget } = spec
  return {
    runs: trials.length,
    combinations,
    wanted,
    first: trials.slice(0, shown).map((trial) => ({ number: trial.number, text: trialText(spec, trial) })),
    epochs,
    rungs: method.kind === 'halving' ? rungsOf(method, config.epochs) : null,
    seconds: seconds === null || budget.minutes === null ? seconds : Math.min(seconds, 60 * budget.minutes),
    speedOf: known ? { runId: before.id, name: before.name } : null,
  }
}
