/** `tapedeck runs`: the runs of a workspace, also of one that is open in a window. */
import { parseArgs } from 'node:util'
import type { Run, RunDetail } from '../common/schemas.ts'
import { workspaceArgument } from '../shells/options.ts'
import { listRuns, readRun } from '../store/index.ts'
import type { Command } from './commands.ts'
import { UsageError } from './errors.ts'
import { filterRuns } from './filterRuns.ts'
import { exchangeHelp, exportRuns, importRuns, reportRuns } from './runsExchange.ts'

const help = `tapedeck runs [options]
tapedeck runs show RUN [options]
tapedeck runs export|report|import ... [options]

  show RUN          one run: status, events, checkpoints, summaries, where it was forked from, and the SHA-256 of
                    its weights
${exchangeHelp}
  --filter TEXT     only runs of which this holds: 'val/accuracy.best > 0.7 and data = "digits"', or words
  --workspace DIR   where runs live
  --json            print one line of JSON: the runs, newest first; the run; or what was written or imported
`

const verbs: Record<string, ((args: string[]) => Promise<number>) | undefined> = {
  export: exportRuns,
  report: reportRuns,
  import: importRuns,
}

export const runsCommand: Command = {
  summary: 'list the runs of a workspace; export, import and report on them',
  help,
  async run(args) {
    const [first = '', ...rest] = args
    const verb = Object.hasOwn(verbs, first) ? verbs[first] : undefined
    if (verb) return verb(rest)
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        workspace: { type: 'string' },
        filter: { type: 'string' },
        json: { type: 'boolean' },
        verbose: { type: 'boolean' },
      },
    })
    const [what, which, ...more] = positionals
    if (what !== undefined) {
      const id = Number(which)
      if (what !== 'show' || !Number.isInteger(id) || id < 1 || more.length > 0)
        throw new UsageError(
          `"runs ${positionals.join(' ')}" is not understood.`,
          'Write "runs show RUN", or see "runs --help".',
        )
      const run = readRun(workspaceArgument(args), id)
      process.stdout.write(values.json ? `${JSON.stringify(wholeAsJson(run))}\n` : asText(run))
      return 0
    }
    const runs = filterRuns(listRuns(workspaceArgument(args)), values.filter ?? '')
    if (values.json) process.stdout.write(`${JSON.stringify(runs.map(asJson))}\n`)
    else process.stdout.write(asTable(runs))
    return 0
  },
}

function asJson(run: Run): object {
  const metrics = Object.fromEntries(Object.entries(run.summaries).map(([name, { last }]) => [name, last]))
  const { id: runId, name, status, createdAt, endedAt, datasetName, modelName, config, parameters } = run
  const { epochsDone: epochs, steps, seconds, samplesPerSecond, error, parent, weightsSha256 } = run
  const { tags, note, group, origin, sweepId: sweep } = run
  return {
    runId,
    name,
    status,
    epochs,
    steps,
    metrics,
    seconds,
    samplesPerSecond,
    model: modelName,
    data: datasetName,
    config,
    parameters,
    createdAt,
    endedAt,
    error,
    parent,
    weightsSha256,
    tags,
    note,
    group,
    sweep,
    origin,
  }
}

function wholeAsJson(run: RunDetail): object {
  const { summaries, events, checkpoints, checkpoint, notFinite, engine } = run
  return { ...asJson(run), summaries, events, checkpoints, checkpoint, notFinite, engine }
}

function asText(run: RunDetail): string {
  const { id, name, status, steps, epochsDone, parent, weightsSha256, error, notFinite } = run
  const lines = [
    `run ${id} "${name}" ${status} after ${steps} steps, ${epochsDone} epochs`,
    ...(parent ? [`forked from run ${parent.runId} at step ${parent.step}`] : []),
    ...(weightsSha256 === null ? [] : [`weights ${weightsSha256}`]),
    ...(error ? [error.what, error.mend] : []),
    ...(notFinite?.causes ?? []),
    ...Object.entries(run.summaries).map(
      ([metric, { last, min, max }]) => `  ${metric}  ${last} (${min} to ${max})`,
    ),
    ...run.checkpoints.map(
      ({ kind, step, bytes, path }) => `checkpoint ${kind} at step ${step}, ${bytes} bytes: ${path}`,
    ),
    ...run.events.map(({ step, kind, note }) => `step ${step} ${kind}: ${note}`),
  ]
  return `${lines.join('\n')}\n`
}

function asTable(runs: readonly Run[]): string {
  if (runs.length === 0) return 'No runs yet. "tapedeck train --help" says how to make one.\n'
  const rows = runs.map((run) => [
    String(run.id),
    run.name,
    run.status,
    String(run.epochsDone),
    run.summaries['val/accuracy']?.last.toFixed(4) ?? '',
    run.summaries['val/loss']?.last.toPrecision(4) ?? '',
    `${run.seconds.toFixed(1)} s`,
  ])
  const all = [['run', 'name', 'status', 'epochs', 'val/accuracy', 'val/loss', 'time'], ...rows]
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  return all
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
