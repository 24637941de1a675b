/** A report as Markdown: tables, charts, notes. Pure. */
import { gpuOf } from '../../common/device.ts'
import type { EngineInfo, RunDetail, Summary } from '../../common/schemas.ts'
import { measured } from '../../common/settings.ts'
import { lowerIsBetter } from '../../common/training.ts'
import type { ReportContent } from './content.ts'

interface Dressing {
  /** When it was written, and by what. */
  date: Date
  version: string
  /** What to write in place of a chart: the address of an image. */
  chart: (metric: ReportContent['metrics'][number]) => string
}

export function reportMarkdown(content: ReportContent, { date, version, chart }: Dressing): string {
  const { runs, warning, metrics } = content
  const title = runs.length === 1 ? runs[0]!.name : `Comparison of ${runs.length} runs`
  const drawn = metrics.filter(({ lines }) => lines.length > 0)
  const sections = [
    `# ${inline(title)}`,
    `Written ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC by Tapedeck ${version}.`,
    overview(runs),
    ...(warning === null ? [] : [`> **Note.** ${inline(warning)}`]),
    ...differences(content),
    ...(drawn.length === 0 ? [] : ['## Results', ...drawn.map(({ name }) => results(name, runs))]),
    ...replicates(content),
    ...(drawn.length === 0 ? [] : ['## Curves']),
    ...drawn.flatMap((metric) => [`![${inline(metric.name)}](${chart(metric)})`, drawnWords(metric)]),
    ...notes(runs),
    ...data(content),
    ...environment(runs),
  ]
  return `${sections.join('\n\n')}\n`
}

const count = (value: number): string => value.toLocaleString('en-US')

function overview(runs: readonly RunDetail[]): string {
  return table(
    ['Run', 'Name', 'Model', 'Data', 'Status', 'Steps', 'Epochs', 'Time', 'Tags'],
    runs.map((run) => [
      String(run.id),
      run.name,
      run.modelName || '–',
      run.datasetName || '–',
      run.status,
      count(run.steps),
      run.epochsDone > 0 ? count(run.epochsDone) : '–',
      duration(run.seconds),
      run.tags.join(', ') || '–',
    ]),
    [0, 5, 6, 7],
  )
}

function differences({ runs, settings }: ReportContent): string[] {
  // What is off everywhere is not worth a word.
  const equal = settings.filter(
    ({ differs, values }) => !differs && values[0] !== 'off' && values[0] !== 'none',
  )
  const same = `${equal.map(({ title, values }) => `${title} ${values[0]}`).join(', ')}.`
  if (runs.length === 1) return equal.length === 0 ? [] : ['## Settings', inline(same)]
  const differing = settings.filter(({ differs }) => differs)
  return [
    '## What differs',
    differing.length === 0
      ? 'No setting differs.'
      : table(
          ['Setting', ...runs.map(({ id }) => `Run ${id}`)],
          differing.map(({ title, values }) => [title, ...values]),
        ),
    ...(equal.length === 0 ? [] : [`The same in all: ${inline(same)}`]),
  ]
}

const best = (metric: string, { min, minStep, max, maxStep }: Summary): { value: number; step: number } =>
  lowerIsBetter(metric) ? { value: min, step: minStep } : { value: max, step: maxStep }

function results(metric: string, runs: readonly RunDetail[]): string {
  const rows = runs.flatMap((run) => {
    const summary = run.summaries[metric]
    if (!summary) return []
    const { value, step } = best(metric, summary)
    return [{ run, summary, value, step }]
  })
  const values = rows.map(({ value }) => value)
  const winner = lowerIsBetter(metric) ? Math.min(...values) : Math.max(...values)
  const heading = `### ${inline(metric)}\n\n`
  return (
    heading +
    table(
      ['Run', 'Name', 'Best', 'at step', 'Last', 'Points'],
      rows.map(({ run, summary, value, step }) => [
        String(run.id),
        run.name,
        { bold: rows.length > 1 && value === winner, text: measured(value) },
        count(step),
        measured(summary.last),
        count(summary.count),
      ]),
      [0, 2, 3, 4, 5],
    )
  )
}

function replicates({ replicates: groups, metrics }: ReportContent): string[] {
  const rows = groups.flatMap(({ name, runs }) =>
    metrics.flatMap(({ name: metric }) => {
      const values = runs.flatMap((run) => {
        const summary = run.summaries[metric]
        return summary ? [best(metric, summary).value] : []
      })
      if (values.length < 2) return []
      const { mean, deviation } = spread(values)
      return [[name, String(values.length), metric, `${measured(mean)} ± ${measured(deviation)}`]]
    }),
  )
  if (rows.length === 0) return []
  return [
    '## Replicates',
    table(['Group', 'Runs', 'Metric', 'Best: mean ± standard deviation'], rows, [1, 3]),
  ]
}

/** The sample's deviation, by n − 1. */
export function spread(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) }
}

function drawnWords({ lines }: ReportContent['metrics'][number]): string {
  const points = lines.reduce((sum, { total }) => sum + total, 0)
  const buckets = lines.reduce((sum, line) => sum + line.buckets.length, 0)
  return points === buckets
    ? `${count(points)} points, all of them drawn.`
    : `${count(points)} points, drawn as mean with lowest and highest of ${count(buckets)} stretches.`
}

function notes(runs: readonly RunDetail[]): string[] {
  const told = runs.filter(({ note, events, error }) => note !== '' || error || events.some(isRemark))
  if (told.length === 0) return []
  return [
    '## Notes',
    ...told.map(({ id, name, note, events, error }) =>
      [
        `**Run ${id}, ${inline(name)}**`,
        ...(note === '' ? [] : [quoted(note)]),
        ...(error ? [inline(`${error.what} ${error.mend}`)] : []),
        ...(events.some(isRemark)
          ? [
              events
                .filter(isRemark)
                .map((event) => `- step ${count(event.step)}: ${inline(event.note)}`)
                .join('\n'),
            ]
          : []),
      ].join('\n\n'),
    ),
  ]
}

const isRemark = ({ kind }: { kind: string }): boolean => kind === 'remark'

function data({ runs, datasets }: ReportContent): string[] {
  const ids = [...new Set(runs.map(({ datasetId }) => datasetId))].filter((id) => id !== '')
  if (ids.length === 0) return []
  return [
    '## Data',
    table(
      ['Data set', 'Fingerprint', 'Training', 'Validation', 'Test', 'Runs'],
      ids.map((id) => {
        const own = runs.filter(({ datasetId }) => datasetId === id)
        const found = datasets.find((dataset) => dataset.id === id)
        const counts = found
          ? [found.trainCount, found.validationCount, found.testCount].map(count)
          : ['not in this workspace any more', '–', '–']
        return [own[0]!.datasetName, { code: true, text: id }, ...counts, own.map((run) => run.id).join(', ')]
      }),
    ),
  ]
}

function environment(runs: readonly RunDetail[]): string[] {
  return [
    '## Environment',
    table(
      ['Run', 'Begun', 'Trained with', 'Threads', 'Weights, SHA-256'],
      runs.map(({ id, createdAt, engine, config, origin, weightsSha256 }) => [
        String(id),
        `${new Date(createdAt).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
        engine
          ? `engine ${engine.version}, ${deviceOf(engine, config)}`
          : `another tool (${origin?.kind ?? 'unknown'})`,
        engine ? String(engine.threads) : '–',
        weightsSha256 === null ? '–' : { code: true, text: weightsSha256.slice(0, 16) },
      ]),
      [0, 3],
    ),
  ]
}

/** The GPU, or what the processor computed with. */
function deviceOf(engine: EngineInfo, config: RunDetail['config']): string {
  const gpu = config && gpuOf(config.device, engine)
  if (gpu) return gpu.name
  return `${engine.instructionSet}${engine.oneDNN === null ? '' : `, oneDNN ${engine.oneDNN}`}`
}

function duration(seconds: number): string {
  if (seconds < 60) return `${measured(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

// ---------------------------------------------------------------- Markdown

type CellText = string | { text: string; bold?: boolean; code?: boolean }

/** @param right columns of numbers */
function table(
  head: readonly string[],
  rows: readonly (readonly CellText[])[],
  right: readonly number[] = [],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const dressed = (cell: CellText): string => {
    if (typeof cell === 'string') return inline(cell)
    if (cell.code) return `\`${cell.text.replaceAll('`', '')}\``
    return cell.bold ? `**${inline(cell.text)}**` : inline(cell.text)
  }
  return [
    line(head.map(inline)),
    line(head.map((_, i) => (right.includes(i) ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(dressed))),
  ].join('\n')
}

/** Text of a person inside a line: no mark-up of its own, no cell of its own. */
const inline = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]|#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')

/** A note keeps its lines. */
const quoted = (text: string): string =>
  text
    .split('\n')
    .map((line) => `> ${inline(line)}`)
    .join('  \n')
