/** What two or more runs have in common and where they differ. Pure. */
import type { ModelDocument } from '../../main/common/document.ts'
import type { Run, RunDetail } from '../../main/common/schemas.ts'
import { count, setting } from '../ui/format.ts'

type Configured = Pick<Run, 'config' | 'datasetId' | 'datasetName' | 'modelName' | 'parameters'>

/** Settings in the order in which they are told, with the short name used in a run's name. */
const settings: readonly (readonly [
  title: string,
  short: string,
  read: (run: Configured) => string | null,
])[] = [
  ['optimizer', 'optimizer', (r) => (r.config.optimizer === 'sgd' ? 'SGD' : 'Adam')],
  ['learning rate', 'lr', (r) => setting(r.config.learningRate)],
  ['momentum', 'momentum', (r) => (r.config.optimizer === 'sgd' ? setting(r.config.momentum) : null)],
  ['weight decay', 'decay', (r) => setting(r.config.weightDecay)],
  ['batch size', 'batch', (r) => count(r.config.batchSize)],
  ['epochs', 'epochs', (r) => count(r.config.epochs)],
  ['seed', 'seed', (r) => String(r.config.seed)],
]

/** "lr 0.05 → 0.1", for the settings that differ; weights when the model's size does. */
export function changes(before: Configured, after: Configured): string[] {
  const changed = settings.flatMap(([, short, read]) => {
    const x = read(before)
    const y = read(after)
    return x !== y && y !== null ? [x === null ? `${short} ${y}` : `${short} ${x} → ${y}`] : []
  })
  if (before.parameters !== after.parameters)
    changed.push(`weights ${count(before.parameters)} → ${count(after.parameters)}`)
  return changed
}

/** For every run, what changed since the run before it on the same data and model. */
export function changesByRun(runs: readonly Run[]): ReadonlyMap<number, string> {
  const latest = new Map<string, Run>()
  const result = new Map<number, string>()
  for (const run of [...runs].sort((a, b) => a.id - b.id)) {
    const subject = `${run.datasetId}\n${run.modelName}`
    const before = latest.get(subject)
    latest.set(subject, run)
    if (before) result.set(run.id, changes(before, run).join(', ') || 'nothing')
    else result.set(run.id, 'first of its kind')
  }
  return result
}

export interface Difference {
  title: string
  /** One per run, in the order given. */
  values: string[]
  differs: boolean
}

/** Every setting of the runs, those that differ first. */
export function differences(runs: readonly RunDetail[]): Difference[] {
  const rows: Difference[] = []
  const add = (title: string, read: (run: RunDetail) => string | null): void => {
    const values = runs.map((run) => read(run) ?? '–')
    rows.push({ title, values, differs: new Set(values).size > 1 })
  }
  for (const [title, , read] of settings) add(title, read)
  add('rate changed', (run) => {
    const notes = run.events
      .filter((e) => e.kind === 'learning-rate')
      .map((e) => `${e.note} at ${count(e.step)}`)
    return notes.join(', ') || 'no'
  })
  add('data', (run) => run.datasetName)
  if (
    new Set(runs.map((run) => run.datasetId)).size > 1 &&
    new Set(runs.map((run) => run.datasetName)).size === 1
  )
    add('data content', (run) => run.datasetId)
  add('model', (run) => run.modelName)
  add('layers', (run) => architecture(run.document))
  add('weights', (run) => count(run.parameters))
  add('epochs done', (run) => count(run.epochsDone))
  add('engine', (run) => `${run.engine.version}, ${run.engine.instructionSet}`)
  add('threads', (run) => String(run.engine.threads))
  return [...rows.filter((row) => row.differs), ...rows.filter((row) => !row.differs)]
}

/** The layers of a document in one line, in the order they run where the wires say so. */
export function architecture(document: ModelDocument): string {
  const next = new Map(document.wires.map((wire) => [wire.from.node, wire.to.node]))
  const hasInput = new Set(document.wires.map((wire) => wire.to.node))
  const byId = new Map(document.nodes.map((node) => [node.id, node]))
  const order = new Set<string>()
  for (const node of document.nodes)
    if (!hasInput.has(node.id))
      for (let id: string | undefined = node.id; id !== undefined && !order.has(id); id = next.get(id))
        order.add(id)
  for (const node of document.nodes) order.add(node.id)
  return [...order]
    .flatMap((id) => byId.get(id) ?? [])
    .filter((node) => node.kind !== 'input' && node.kind !== 'output')
    .map((node) => {
      const numbers = Object.values(node.parameters).filter((value) => typeof value === 'number')
      return [node.kind, ...numbers].join(' ')
    })
    .join(' → ')
}
