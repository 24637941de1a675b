/** The settings of a run as people read them: one order, one short name, one way to write a value. */
import type { ModelDocument } from './document.ts'
import type { TrainConfig } from './schemas.ts'

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

const count = (value: number): string => value.toLocaleString('en-US')

/** In the order in which they are told. Null where a setting has no meaning, such as momentum under Adam. */
export const settings: readonly {
  title: string
  /** As in a run's name: `lr`. */
  short: string
  read: (config: TrainConfig) => string | null
}[] = [
  { title: 'optimizer', short: 'optimizer', read: (c) => (c.optimizer === 'sgd' ? 'SGD' : 'Adam') },
  { title: 'learning rate', short: 'lr', read: (c) => setting(c.learningRate) },
  { title: 'momentum', short: 'momentum', read: (c) => (c.optimizer === 'sgd' ? setting(c.momentum) : null) },
  { title: 'weight decay', short: 'decay', read: (c) => setting(c.weightDecay) },
  { title: 'batch size', short: 'batch', read: (c) => count(c.batchSize) },
  { title: 'epochs', short: 'epochs', read: (c) => count(c.epochs) },
  { title: 'seed', short: 'seed', read: (c) => String(c.seed) },
  {
    title: 'rewrites off',
    short: 'rewrites off',
    read: (c) => c.disabledRewrites.toSorted().join(', ') || 'none',
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
