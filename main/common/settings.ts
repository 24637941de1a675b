/** The settings of a run as people read them: one order, one short name, one way to write a value. */
import type { ModelDocument } from './document.ts'
import { optimizerTitles, precisionTitles, type Schedule, type TrainConfig } from './training.ts'

/** What two runs are compared by. The document is left out where only a row of the table is at hand. */
export interface Configured {
  config: TrainConfig
  /** Trained values. */
  parameters: number
  document?: ModelDocument
}

/** A value someone typed or will type: no padding zeros, 5e-4 below a thousandth. */
export function setting(given: number): string {
  const value = Number(given.toPrecision(9))
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (value !== 0 && (size < 0.001 || size >= 1e6)) return String(value.toExponential()).replace('e+', 'e')
  return String(value)
}

/** A value that was measured, to four digits. */
export const measured = (value: number): string => setting(Number(value.toPrecision(4)))

// Made once: making one for each number is what is slow about toLocaleString, and lists of runs read this often.
const whole = new Intl.NumberFormat('en-US')
const count = (value: number): string => whole.format(value)

/** What is off is not told, unless it was on in the other run. */
const onlyWhen = (told: boolean, text = ''): string => (told ? text : 'off')

const limit = (value: number | null): string => (value === null ? 'off' : setting(value))

/** A schedule with what is its own. */
export function scheduleText(schedule: Schedule): string {
  const { kind, warmupSteps } = schedule
  const warm = warmupSteps > 0 && kind !== 'one-cycle' ? `, ${count(warmupSteps)} steps of warm-up` : ''
  return `${kind}${ownOf(schedule)}${warm}`
}

function ownOf({ kind, everySteps, factor, end, rise, patience }: Schedule): string {
  switch (kind) {
    case 'constant':
      return ''
    case 'step':
      return ` × ${setting(factor)} every ${count(everySteps)} steps`
    case 'cosine':
    case 'linear':
      return end > 0 ? ` to ${setting(end)}` : ''
    case 'one-cycle':
      return ` rising for ${setting(rise)}`
    case 'plateau':
      return ` × ${setting(factor)} after ${count(patience)} epochs`
  }
}

/** In the order in which they are told. Null where a setting has no meaning, such as momentum under Adam. */
export const settings: readonly {
  title: string
  /** As in a run's name: `lr`. */
  short: string
  read: (config: TrainConfig) => string | null
}[] = [
  { title: 'optimizer', short: 'optimizer', read: (c) => optimizerTitles[c.optimizer] },
  { title: 'learning rate', short: 'lr', read: (c) => setting(c.learningRate) },
  { title: 'momentum', short: 'momentum', read: (c) => (c.optimizer === 'sgd' ? setting(c.momentum) : null) },
  { title: 'Nesterov', short: 'Nesterov', read: (c) => onlyWhen(c.optimizer === 'sgd' && c.nesterov, 'on') },
  {
    title: 'betas',
    short: 'betas',
    read: (c) => onlyWhen(c.betas !== null, c.betas?.map(setting).join(', ')),
  },
  { title: 'epsilon', short: 'epsilon', read: (c) => onlyWhen(c.epsilon !== null, setting(c.epsilon ?? 0)) },
  {
    title: 'alpha',
    short: 'alpha',
    read: (c) => onlyWhen(c.optimizer === 'rmsprop' && c.alpha !== 0.99, setting(c.alpha)),
  },
  { title: 'schedule', short: 'schedule', read: (c) => scheduleText(c.schedule) },
  { title: 'weight decay', short: 'decay', read: (c) => setting(c.weightDecay) },
  {
    title: 'decay of biases and norms',
    short: 'decay of biases and norms',
    read: (c) => onlyWhen(c.decayEverything && c.weightDecay > 0, 'on'),
  },
  { title: 'clip norm', short: 'clip norm', read: (c) => limit(c.clipNorm) },
  { title: 'clip value', short: 'clip value', read: (c) => limit(c.clipValue) },
  { title: 'batch size', short: 'batch', read: (c) => count(c.batchSize) },
  { title: 'batches a step', short: 'accumulate', read: (c) => count(c.accumulate) },
  { title: 'epochs', short: 'epochs', read: (c) => count(c.epochs) },
  { title: 'seed', short: 'seed', read: (c) => String(c.seed) },
  { title: 'averaged weights', short: 'EMA', read: (c) => limit(c.ema) },
  { title: 'precision', short: 'precision', read: (c) => precisionTitles[c.precision] },
  { title: 'device', short: 'device', read: (c) => onlyWhen(c.device !== 'auto', c.device) },
  { title: 'deterministic', short: 'deterministic', read: (c) => (c.deterministic ? 'on' : 'off') },
  {
    title: 'early stopping',
    short: 'early stopping',
    read: ({ earlyStopping: s }) => (s ? `${s.metric}, patience ${s.patience}` : 'off'),
  },
  { title: 'one batch only', short: 'one batch only', read: (c) => onlyWhen(c.overfitBatch, 'yes') },
  {
    title: 'rewrites off',
    short: 'rewrites off',
    read: (c) => c.disabledRewrites.toSorted().join(', ') || 'none',
  },
  {
    title: 'frozen layers',
    short: 'frozen',
    read: (c) => onlyWhen(c.frozen.length > 0, c.frozen.toSorted().join(', ')),
  },
]

/** What differs between two runs: `lr 0.05 → 0.1`; the model's size first, else that its layers differ. */
export function changes(before: Configured, after: Configured): string[] {
  const changed = settings.flatMap(({ short, read }) => {
    const [x, y] = [read(before.config), read(after.config)]
    if (x === y || y === null) return []
    return [x === null ? `${short} ${y}` : `${short} ${x} → ${y}`]
  })
  if (before.parameters !== after.parameters)
    return [`weights ${count(before.parameters)} → ${count(after.parameters)}`, ...changed]
  if (before.document && after.document && computation(before.document) !== computation(after.document))
    return ['layers', ...changed]
  return changed
}

/** The document without what does not compute: positions and names. */
export const computation = (document: ModelDocument): string =>
  JSON.stringify({
    nodes: document.nodes.map(({ id, kind, parameters, bypass }) => ({ id, kind, parameters, bypass })),
    wires: document.wires.map(({ from, to }) => ({ from, to })),
    blocks: document.blocks.map(({ nodes, parent, repeat }) => ({ nodes, parent, repeat })),
    ties: document.ties,
  })
