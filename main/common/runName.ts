/** Run names write themselves: data set, model, and the one thing that changed since the last such run. */
import type { ModelDocument } from './document.ts'
import type { TrainConfig } from './schemas.ts'

export interface NamedSetup {
  datasetName: string
  document: ModelDocument
  config: TrainConfig
}

const short: Readonly<Record<keyof TrainConfig, string>> = {
  optimizer: 'optimizer',
  learningRate: 'lr',
  momentum: 'momentum',
  weightDecay: 'weight decay',
  batchSize: 'batch',
  epochs: 'epochs',
  seed: 'seed',
}

/** What differs between two setups, most interesting first: `lr 0.05 → 0.1`. */
export function changes(before: NamedSetup, after: NamedSetup): string[] {
  const found: string[] = []
  for (const key of Object.keys(short) as (keyof TrainConfig)[]) {
    const [a, b] = [before.config[key], after.config[key]]
    if (a !== b) found.push(`${short[key]} ${a} → ${b}`)
  }
  if (architecture(before.document) !== architecture(after.document)) found.unshift('architecture')
  return found
}

/** @param previous the newest earlier run of the same model name on the same data, if there is one */
export function nameRun(setup: NamedSetup, previous: NamedSetup | null): string {
  const base = `${setup.document.name} on ${setup.datasetName}`
  if (!previous) return base
  const [first, ...more] = changes(previous, setup)
  if (first === undefined) return `${base} · again`
  return `${base} · ${first}${more.length > 0 ? ` + ${more.length} more` : ''}`
}

/** The document without what does not compute: positions and names. */
const architecture = (document: ModelDocument): string =>
  JSON.stringify({
    nodes: document.nodes.map(({ id, kind, parameters }) => ({ id, kind, parameters })),
    wires: document.wires.map(({ from, to }) => ({ from, to })),
  })
