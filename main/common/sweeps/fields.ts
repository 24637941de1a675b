/** The settings that can be swept: numbers and choices of the configuration, and of every layer of a model. */
import { z } from 'zod'
import type { ModelDocument, ModelNode } from '../document.ts'
import { UserError } from '../errors.ts'
import type { Field as LayerField } from '../layer.ts'
import { layerOf } from '../layers/catalogue.ts'
import { setting as written } from '../settings.ts'
import { optimizerSchema, optimizerTitles, trainConfigSchema } from '../training.ts'
import { grouped } from './grouped.ts'
import type { Choice } from './spec.ts'

export interface SweepField {
  /** As in `Dimension.setting`. */
  setting: string
  /** Where it stands in a list: `Training`, or the layer. */
  group: string
  title: string
  /** As in a run's name: `lr`. */
  short: string
  kind: 'integer' | 'number' | 'choice'
  /** Of a choice. */
  choices: readonly { value: Choice; title: string }[]
  /** Whether null, "off", is a value. */
  mayBeOff: boolean
  minimum: number
  maximum: number
}

/** What does not change what is learnt, or is what a sweep itself counts by. */
const left = /^(seed|device|deterministic|overfitBatch|probeEvery|histogramsEvery|checkpoints\..*)$/

/** Titles and short names; what is not here is called by its place in the configuration. */
const words: Readonly<Record<string, readonly [title: string, short: string]>> = {
  optimizer: ['Optimizer', 'optimizer'],
  learningRate: ['Learning rate', 'lr'],
  momentum: ['Momentum', 'momentum'],
  weightDecay: ['Weight decay', 'decay'],
  batchSize: ['Batch size', 'batch'],
  epochs: ['Epochs', 'epochs'],
  tokenBudget: ['Token budget', 'tokens'],
  balance: ['Balance of classes', 'balance'],
  nesterov: ['Nesterov', 'Nesterov'],
  epsilon: ['Epsilon', 'epsilon'],
  alpha: ['Alpha', 'alpha'],
  decayEverything: ['Decay of biases and norms', 'decay of all'],
  clipNorm: ['Clip norm', 'clip norm'],
  clipValue: ['Clip value', 'clip value'],
  accumulate: ['Batches a step', 'accumulate'],
  ema: ['Averaged weights (EMA)', 'EMA'],
  precision: ['Precision', 'precision'],
  'schedule.kind': ['Schedule', 'schedule'],
  'schedule.warmupSteps': ['Warm-up steps', 'warm-up'],
  'schedule.everySteps': ['Steps between drops', 'drop every'],
  'schedule.factor': ['What a drop leaves', 'drop to'],
  'schedule.end': ['Share of the rate at the end', 'ends at'],
  'schedule.rise': ['Share of a cycle that rises', 'rise'],
  'schedule.patience': ['Patience of the schedule', 'schedule patience'],
  'earlyStopping.patience': ['Patience of early stopping', 'patience'],
  'earlyStopping.minDelta': ['Least improvement', 'min delta'],
  'augmentation.flip': ['Flip', 'flip'],
  'augmentation.shift': ['Shift', 'shift'],
  'augmentation.rotate': ['Rotate', 'rotate'],
  'augmentation.colour': ['Colour', 'colour'],
  'augmentation.cutout': ['Cutout', 'cutout'],
  'augmentation.mixup': ['Mixup', 'mixup'],
}

/** Short names that a person may type for a setting. */
const aliases: Readonly<Record<string, string>> = {
  lr: 'learningRate',
  'learning-rate': 'learningRate',
  batch: 'batchSize',
  'batch-size': 'batchSize',
  decay: 'weightDecay',
  'weight-decay': 'weightDecay',
  schedule: 'schedule.kind',
}

const onOff = [
  { value: true, title: 'on' },
  { value: false, title: 'off' },
] as const
const unbounded = { minimum: -Infinity, maximum: Infinity } as const

/** Numbers and choices of the configuration. */
export const configFields: readonly SweepField[] = fieldsOfSchema(trainConfigSchema, '')

/** What can be swept when this model is trained, those of training first. */
export function sweepFields(document: ModelDocument): SweepField[] {
  const named = nodeNames(document)
  return [
    ...configFields,
    ...document.nodes.flatMap((node) =>
      (layerOf(node.kind)?.fields ?? []).flatMap((field) =>
        fieldOfLayer(node, named.get(node.id) ?? node.id, field),
      ),
    ),
  ]
}

/** @throws UserError `sweeps/unknown-setting` */
export function sweepField(document: ModelDocument, setting: string): SweepField {
  const fields = sweepFields(document)
  const wanted = [setting, aliases[setting], `layers.${setting}`]
  const found = fields.find((field) => wanted.includes(field.setting))
  if (found) return found
  const layers = fields.flatMap((field) => (field.group === 'Training' ? [] : [field.setting.slice(7)]))
  throw new UserError({
    code: 'sweeps/unknown-setting',
    what: `"${setting}" is no setting that can be swept with the model "${document.name}".`,
    mend: `Use one of ${configFields.map((field) => field.setting).join(', ')}${layers.length > 0 ? `, or of the layers: ${layers.join(', ')}` : ''}.`,
  })
}

/** A value as a person reads it: 0.003, AdamW, off. */
export function choiceText(field: Pick<SweepField, 'choices'> | undefined, value: Choice): string {
  const choice = field?.choices.find((one) => one.value === value)
  if (choice) return choice.title
  if (value === null) return 'off'
  return typeof value === 'number' ? written(value) : String(value)
}

/** Layers by the name a person knows them by; those of one name are numbered. */
function nodeNames(document: ModelDocument): Map<string, string> {
  const name = ({ kind, name }: ModelNode): string => name || (layerOf(kind)?.title ?? kind)
  const alike = grouped(document.nodes, name)
  return new Map(
    [...alike].flatMap(([title, nodes]) =>
      nodes.map((node, i) => [node.id, nodes.length > 1 ? `${title} ${i + 1}` : title] as const),
    ),
  )
}

function fieldOfLayer({ id }: ModelNode, layer: string, field: LayerField): SweepField[] {
  const base = {
    setting: `layers.${id}.${field.key}`,
    group: layer,
    title: field.title,
    short: `${layer} ${field.title.toLowerCase()}`,
    mayBeOff: field.type === 'optional-integer',
    choices: [],
    ...unbounded,
  }
  switch (field.type) {
    case 'integer':
    case 'optional-integer':
    case 'sizes':
      return [{ ...base, kind: 'integer', minimum: field.minimum, maximum: field.maximum }]
    case 'number':
      return [{ ...base, kind: 'number', minimum: field.minimum, maximum: field.maximum }]
    case 'boolean':
      return [{ ...base, kind: 'choice', choices: onOff }]
    case 'choice':
      return [{ ...base, kind: 'choice', choices: field.choices }]
    case 'shape':
    case 'integers':
    case 'text':
      return []
  }
}

function fieldsOfSchema(schema: z.ZodObject, prefix: string): SweepField[] {
  return Object.entries(schema.shape).flatMap(([key, part]) => {
    const setting = prefix + key
    const { inner, mayBeOff } = unwrapped(part)
    if (inner instanceof z.ZodObject) return fieldsOfSchema(inner, `${setting}.`)
    if (left.test(setting)) return []
    const [title, short] = words[setting] ?? [setting, setting]
    const base = { setting, group: 'Training', title, short, mayBeOff }
    if (inner instanceof z.ZodNumber)
      return [
        {
          ...base,
          kind: inner.isInt ? ('integer' as const) : ('number' as const),
          choices: [],
          minimum: inner.minValue ?? -Infinity,
          maximum: inner.maxValue ?? Infinity,
        },
      ]
    if (inner instanceof z.ZodBoolean)
      return [{ ...base, kind: 'choice' as const, choices: onOff, ...unbounded }]
    if (inner instanceof z.ZodEnum)
      return [
        {
          ...base,
          kind: 'choice' as const,
          choices: inner.options.map((value) => ({ value, title: titleOf(setting, String(value)) })),
          ...unbounded,
        },
      ]
    return []
  })
}

function titleOf(setting: string, value: string): string {
  const optimizer = optimizerSchema.safeParse(value)
  return setting === 'optimizer' && optimizer.success ? optimizerTitles[optimizer.data] : value
}

/** A schema without its defaults, and whether null is one of its values. */
function unwrapped(schema: z.core.$ZodType): { inner: z.core.$ZodType; mayBeOff: boolean } {
  let inner = schema
  let mayBeOff = false
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodNullable) {
    mayBeOff ||= inner instanceof z.ZodNullable
    inner = inner.unwrap()
  }
  return { inner, mayBeOff }
}
