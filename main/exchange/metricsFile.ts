/** Every point of the metrics of some runs, as CSV (one point a line) or JSON (columns by run and metric). */
import type { Store } from '../store/index.ts'

interface Chosen {
  runIds: readonly number[]
  /** Null: all. */
  metrics: readonly string[] | null
}

/** @param onPoints how many more were written */
export async function* metricsAsCsv(
  store: Store,
  chosen: Chosen,
  onPoints: (count: number) => void,
): AsyncGenerator<Buffer> {
  yield Buffer.from('run,name,metric,step,epoch,seconds,value\n')
  for (const { run, metrics } of each(store, chosen))
    for (const { id, metric } of metrics)
      for (const { steps, values, epochs, seconds } of store.transfer.points(run.id, id)) {
        const head = `${run.id},${cell(run.name)},${cell(metric)},`
        const lines = Array.from(
          steps,
          (step, i) => `${head}${step},${epochs[i]},${seconds[i]},${values[i]}\n`,
        )
        yield Buffer.from(lines.join(''))
        onPoints(steps.length)
      }
}

export async function* metricsAsJson(
  store: Store,
  chosen: Chosen,
  onPoints: (count: number) => void,
): AsyncGenerator<Buffer> {
  yield Buffer.from('{"runs":[')
  let first = true
  for (const { run, metrics } of each(store, chosen)) {
    const { id, name, status, createdAt, modelName, datasetName, config, origin, tags, note, group } = run
    const facts = { id, name, status, createdAt, modelName, datasetName, config, origin, tags, note, group }
    yield Buffer.from(`${first ? '' : ','}\n${JSON.stringify(facts).slice(0, -1)},"metrics":{`)
    for (const [i, { id: metricId, metric }] of metrics.entries()) {
      const all: Record<'steps' | 'epochs' | 'seconds' | 'values', number[]> = {
        steps: [],
        epochs: [],
        seconds: [],
        values: [],
      }
      for (const part of store.transfer.points(id, metricId)) {
        for (const column of ['steps', 'epochs', 'seconds', 'values'] as const)
          for (const value of part[column]) all[column].push(value)
        onPoints(part.steps.length)
        await turn()
      }
      yield Buffer.from(`${i === 0 ? '' : ','}\n${JSON.stringify(metric)}:${JSON.stringify(all)}`)
    }
    yield Buffer.from('}}')
    first = false
  }
  yield Buffer.from('\n]}\n')
}

/** Points that will be written. */
export const pointsIn = (store: Store, chosen: Chosen): number =>
  [...each(store, chosen)].flatMap(({ metrics }) => metrics).reduce((sum, { count }) => sum + count, 0)

function* each(store: Store, { runIds, metrics }: Chosen) {
  for (const runId of new Set(runIds)) {
    const all = store.transfer.metrics(runId)
    yield {
      run: store.runs.get(runId),
      metrics: metrics === null ? all : all.filter(({ metric }) => metrics.includes(metric)),
    }
  }
}

/**
 * As RFC 4180 quotes it. A spreadsheet takes what begins with =, +, - or @ for a formula: an apostrophe says that it is text.
 */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
