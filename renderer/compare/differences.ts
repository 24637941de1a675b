/** What two or more runs have in common and where they differ. Pure. */
import type { ModelDocument } from '../../main/common/document.ts'
import type { Run, RunDetail } from '../../main/common/schemas.ts'
import { settings } from '../../main/common/settings.ts'
import { count } from '../ui/format.ts'

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
  for (const { title, read } of settings) add(title, (run) => run.config && read(run.config))
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
  add('layers', (run) => run.document && architecture(run.document))
  add('weights', (run) => count(run.parameters))
  add('epochs done', (run) => count(run.epochsDone))
  add('engine', (run) => run.engine && `${run.engine.version}, ${run.engine.instructionSet}`)
  add('threads', (run) => run.engine && String(run.engine.threads))
  return [...rows.filter((row) => row.differs), ...rows.filter((row) => !row.differs)]
}

/** What to say of runs whose data differ in content; null where they were all trained on the same. */
export function dataWarning(runs: readonly Pick<Run, 'datasetId' | 'datasetName'>[]): string | null {
  if (new Set(runs.map(({ datasetId }) => datasetId)).size < 2) return null
  const names = [...new Set(runs.map(({ datasetName }) => datasetName))]
  return names.length === 1
    ? `These runs were trained on different versions of "${names[0]}": what sets their results apart may be the data.`
    : `These runs were trained on different data (${names.join(', ')}): what sets their results apart may be the data.`
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
