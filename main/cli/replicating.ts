/** `tapedeck train --seeds N`: the same run with several seeds, as a sweep of nothing else. */
import { subjectOf } from './beginning.ts'
import { UsageError } from './errors.ts'
import type { ProgressLine } from './progressLine.ts'
import type { Client } from './session.ts'
import { numberOf, objectiveOf, specOf, startSweep } from './sweep.ts'
import type { Typed } from './trainConfig.ts'

/** Options of a single run. */
const ofOneRun = ['resume', 'fork', 'set', 'at']

/** @returns the exit code. @throws UsageError on options that do not go together, before anything is opened */
export function replicating(
  typed: Typed,
): (client: Client, progress: ProgressLine, json: boolean) => Promise<number> {
  const { model, data, name } = typed
  const seeds = numberOf(typed, 'seeds') ?? 1
  const out = ofOneRun.find((option) => typed[option] !== undefined)
  if (out !== undefined)
    throw new UsageError(
      `--seeds and --${out} do not go together.`,
      'Several seeds are new runs from their start; leave the option out.',
    )
  if (typeof model !== 'string')
    throw new UsageError('--model is missing.', 'Name a template, such as digits-mlp, or a model document.')
  return async (client, progress, json) => {
    const subject = await subjectOf(
      model,
      typeof data === 'string' ? data : undefined,
      typed,
    )(client, progress)
    const spec = specOf({
      ...subject,
      dimensions: [],
      method: { kind: 'grid' },
      seeds,
      objective: await objectiveOf(client, typed, subject.datasetId),
      budget: { runs: null, minutes: null },
    })
    return startSweep(client, spec, typeof name === 'string' ? name : null, progress, json)
  }
}
