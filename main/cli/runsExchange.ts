/** `tapedeck runs export`, `report` and `import`: runs out of a workspace and into one. */
import { parseArgs } from 'node:util'
import type { ExportFormat, Imported, KeptCheckpoints, TableReading } from '../common/exchange/exchange.ts'
import { exportedWords, importedWords } from '../common/exchange/words.ts'
import type { Progress } from '../common/schemas.ts'
import { resultOf } from '../common/resultOf.ts'
import { writeExport } from '../exchange/index.ts'
import { packageVersion } from '../paths.ts'
import { typedPath, workspaceArgument } from '../shells/options.ts'
import { listRuns } from '../store/index.ts'
import { UsageError } from './errors.ts'
import { ProgressLine } from './progressLine.ts'
import { withWorkbench, type Client } from './session.ts'

export const exchangeHelp = `
  export RUN... --out FILE      writes runs into one archive, FILE.tapedeck: model, settings, metrics, events, checkpoints
    --format archive|csv|json   csv and json: every point of their metrics
    --checkpoints best|all|none best: the best and the newest of each run, as it is without this option
    --replace                   write over a file that is there
  report RUN... --out FILE      a comparison in Markdown: one FILE.md that holds its charts, or a folder
    --metric NAME               draw this metric; may be given several times. Without it the telling ones
    --replace                   write over a report that is there
  import PATH...                archives, folders of TensorBoard event files, CSV or JSON lines of metrics
    --again                     also runs that are here already
    --step, --epoch, --time, --run, --metric, --value COLUMN
                                of a table of metrics, where the guess is wrong; "none" for no column
`

const common = {
  workspace: { type: 'string' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
} as const

export async function exportRuns(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...common,
      out: { type: 'string' },
      format: { type: 'string' },
      checkpoints: { type: 'string' },
      replace: { type: 'boolean' },
    },
  })
  const format = oneOf('--format', values.format ?? 'archive', ['archive', 'csv', 'json'])
  const checkpoints = oneOf('--checkpoints', values.checkpoints ?? 'best', ['best', 'all', 'none'])
  return write(args, positionals, { ...values, format, checkpoints, metrics: null })
}

export async function reportRuns(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...common,
      out: { type: 'string' },
      metric: { type: 'string', multiple: true },
      replace: { type: 'boolean' },
    },
  })
  const metrics = values.metric ?? null
  return write(args, positionals, { ...values, format: 'report', checkpoints: 'none', metrics })
}

interface Written {
  out?: string | undefined
  format: ExportFormat
  checkpoints: KeptCheckpoints
  metrics: string[] | null
  replace?: boolean | undefined
  json?: boolean | undefined
}

async function write(args: string[], positionals: string[], wanted: Written): Promise<number> {
  const runIds = positionals.map(Number)
  const wrong = positionals.find((_, i) => !Number.isInteger(runIds[i]) || runIds[i]! < 1)
  if (wrong !== undefined || runIds.length === 0)
    throw new UsageError(
      wrong === undefined ? 'Which runs is missing.' : `"${wrong}" is not the number of a run.`,
      'Name the runs by their numbers, as "tapedeck runs" lists them.',
    )
  if (wanted.out === undefined) throw new UsageError('Where to write is missing.', 'Say it with --out FILE.')
  const workspace = workspaceArgument(args)
  // Refuses a folder that is no workspace, and brings an older one up to date.
  listRuns(workspace)
  const { format, checkpoints, metrics, replace = false } = wanted
  const progress = new ProgressLine()
  const done = await interruptible((signal) =>
    writeExport(
      {
        workspace,
        version: packageVersion(),
        runIds,
        path: typedPath(wanted.out!),
        format,
        checkpoints,
        metrics,
        replace,
      },
      { signal, onProgress: (value) => progress.show(progressWords(value)) },
    ),
  )
  if (done === null) return 130
  progress.end(`${done.path}: ${exportedWords(done)}.`)
  if (wanted.json) process.stdout.write(`${JSON.stringify(done)}\n`)
  return 0
}

const columnRoles = ['step', 'epoch', 'time', 'run', 'metric', 'value'] as const
type Columns = Partial<Record<(typeof columnRoles)[number], string | undefined>>

export async function importRuns(args: string[]): Promise<number> {
  const column = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...common,
      again: { type: 'boolean' },
      step: column,
      epoch: column,
      time: column,
      run: column,
      metric: column,
      value: column,
    },
  })
  if (positionals.length === 0)
    throw new UsageError(
      'What to import is missing.',
      'Name an archive, a folder of event files or a CSV file.',
    )
  const all: Imported[] = []
  const whole = await interruptible((signal) =>
    withWorkbench(workspaceArgument(args), async (client) => {
      for (const path of positionals)
        all.push(await importOne(client, typedPath(path), values, values.again ?? false, signal))
      return true
    }),
  )
  // What was imported before it was stopped stays.
  if (values.json && (whole || all.length > 0)) process.stdout.write(`${JSON.stringify(all)}\n`)
  return whole ? 0 : 130
}

async function importOne(
  client: Client,
  path: string,
  columns: Columns,
  again: boolean,
  signal: AbortSignal,
): Promise<Imported> {
  const reading = columnRoles.some((role) => columns[role] !== undefined)
    ? typedReading((await client.exchange.look({ path })).table?.reading ?? null, columns, path)
    : null
  const progress = new ProgressLine()
  const stream = await client.exchange.import({ path, reading, again }, { signal })
  const imported = await resultOf(stream, (state) => progress.show(progressWords(state)))
  progress.end(`${path}: ${importedWords(imported)}`)
  for (const note of imported.notes) process.stderr.write(`  ${note}\n`)
  for (const { id, name } of imported.runs) process.stderr.write(`  run ${id} "${name}"\n`)
  return imported
}

function typedReading(guess: TableReading | null, columns: Columns, path: string): TableReading {
  if (!guess)
    throw new UsageError(`${path} is no table of metrics.`, 'Leave out the options that name columns.')
  const reading = { ...guess }
  for (const role of columnRoles) {
    const typed = columns[role]
    if (typed !== undefined) reading[role] = typed === 'none' ? null : typed
  }
  const named = new Set(columnRoles.map((role) => reading[role]))
  return { ...reading, metrics: reading.metrics.filter((name) => !named.has(name)) }
}

const progressWords = ({ done, total, note }: Progress): string =>
  total > 0 ? `${note} ${Math.min(100, Math.floor((100 * done) / total))} %` : note

function oneOf<const T extends string>(flag: string, typed: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === typed)
  if (found !== undefined) return found
  throw new UsageError(`${flag} is "${typed}".`, `It is one of ${choices.join(', ')}.`)
}

/** Null when Ctrl+C came before it was done: then nothing is kept of what was under way. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
  const abort = new AbortController()
  const stop = (): void => abort.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    return await work(abort.signal)
  } catch (error) {
    if (!abort.signal.aborted) throw error
    process.stderr.write('\nStopped before it was done; nothing of it was kept.\n')
    return null
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}
