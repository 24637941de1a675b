/** `tapedeck train --find-lr`: which learning rates work, without training a run. */
import type { RangeTest } from '../common/rangeTest.ts'
import { setting } from '../common/settings.ts'
import { resultOf } from '../common/resultOf.ts'
import { subjectOf } from './beginning.ts'
import { UsageError } from './errors.ts'
import type { ProgressLine } from './progressLine.ts'
import type { Client } from './session.ts'
import type { Typed } from './trainConfig.ts'

/** Options that need a run. */
const ofRuns = ['resume', 'fork', 'set', 'at', 'name']

/** @returns what it prints. @throws UsageError on options that do not go together, before anything is opened */
export function findingRate(
  typed: Typed,
): (client: Client, progress: ProgressLine, json: boolean) => Promise<string> {
  const { model, data } = typed
  const out = ofRuns.find((name) => typed[name] !== undefined)
  if (out !== undefined)
    throw new UsageError(
      `--find-lr and --${out} do not go together.`,
      'It tests rates on a fresh model; leave the option out.',
    )
  if (typeof model !== 'string')
    throw new UsageError('--model is missing.', 'Name a template, such as digits-mlp, or a model document.')
  return async (client, progress, json) => {
    const subject = await subjectOf(
      model,
      typeof data === 'string' ? data : undefined,
      typed,
    )(client, progress)
    const stream = await client.training.rangeTest(subject)
    const found = await resultOf(stream, ({ done, total, note }) =>
      progress.show(`step ${done} of ${total}${note === '' ? '' : ` · ${note}`}`),
    )
    return json ? asJson(found) : asText(found)
  }
}

const asJson = (found: RangeTest): string => `${JSON.stringify(found)}\n`

const asText = ({ suggestion, rule }: RangeTest): string =>
  suggestion === null ? `${rule}\n` : `learning rate ${setting(suggestion)}\n${rule}\n`
