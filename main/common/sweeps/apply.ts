/** The configuration and the model that a trial is trained with. */
import type { ModelDocument } from '../document.ts'
import { UserError } from '../errors.ts'
import type { Parameter } from '../document.ts'
import { checkParameter } from '../layer.ts'
import { layerOf } from '../layers/catalogue.ts'
import { trainConfigSchema, type TrainConfig } from '../training.ts'
import { choiceText, sweepField } from './fields.ts'
import type { Choice, Choices, SweepSpec } from './spec.ts'

/**
 * @throws UserError `sweeps/unknown-setting`, `sweeps/value` naming the setting and the value
 */
export function trialSubject(
  { document, config, method }: Pick<SweepSpec, 'document' | 'config' | 'method'>,
  choices: Choices,
  seed: number,
): { document: ModelDocument; config: TrainConfig } {
  const changed = structuredClone(config) as Record<string, unknown>
  let model = document
  for (const [setting, value] of Object.entries(choices)) {
    const place = /^layers\.([^.]+)\.(.+)$/.exec(setting)
    if (place) model = withParameter(model, place[1] ?? '', place[2] ?? '', value, setting)
    else write(changed, setting, value)
  }
  changed['seed'] = seed
  // Halving stops what does not promise itself; a run that stopped by itself could not be promoted.
  if (method.kind === 'halving') changed['earlyStopping'] = null
  const parsed = trainConfigSchema.safeParse(changed)
  if (parsed.success) return { document: model, config: parsed.data }
  const issue = parsed.error.issues[0]
  const at = (issue?.path ?? []).map(String).join('.')
  const setting = Object.keys(choices).find((name) => name === at) ?? at
  throw wrong(document, setting, choices[setting] ?? null, issue?.message ?? 'not understood')
}

/** More values than this of a setting are drawn from a range: its ends stand for them. */
const allChecked = 200

/**
 * Whether each value may be, by itself; thousands of trials share a few values.
 * @throws UserError as `trialSubject` does
 */
export function checkValues(spec: SweepSpec, trials: readonly { choices: Choices }[]): void {
  for (const setting of Object.keys(trials[0]?.choices ?? {})) {
    const values = [...new Set(trials.map(({ choices }) => choices[setting] ?? null))]
    const numbers = values.filter((value) => typeof value === 'number')
    const checked = values.length > allChecked ? [Math.min(...numbers), Math.max(...numbers)] : values
    for (const value of checked) trialSubject(spec, { [setting]: value }, spec.config.seed)
  }
}

function withParameter(
  document: ModelDocument,
  node: string,
  key: string,
  value: Choice,
  setting: string,
): ModelDocument {
  sweepField(document, setting)
  const nodes = document.nodes.map((one) => {
    if (one.id !== node) return one
    const field = layerOf(one.kind)?.fields.find((field) => field.key === key)
    const problem = field ? checkParameter(field, value as Parameter) : 'there is no such parameter'
    if (problem !== null) throw wrong(document, setting, value, problem)
    return { ...one, parameters: { ...one.parameters, [key]: value } }
  })
  return { ...document, nodes }
}

/** Sets a field of a configuration; a group that was null begins with its defaults. */
function write(config: Record<string, unknown>, setting: string, value: Choice): void {
  const [group = '', name] = setting.split('.')
  if (name === undefined) config[group] = value
  else config[group] = { ...(config[group] as object | null), [name]: value }
}

function wrong(document: ModelDocument, setting: string, value: Choice, reason: string): UserError {
  const field = sweepField(document, setting)
  return new UserError({
    code: 'sweeps/value',
    what: `${field.title} cannot be ${choiceText(field, value)}: ${reason.replace(/\.$/, '')}.`,
    mend: 'Change its values in the sweep.',
  })
}
