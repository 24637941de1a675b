/** `tapedeck runs`: the runs of a workspace, also of one that is open in a window. */
import { parseArgs } from 'node:util'
import type { Run } from '../common/schemas.ts'
import { workspaceArgument } from '../shells/options.ts'
import { listRuns } from '../store/index.ts'
import type { Command } from './commands.ts'

const help = `tapedeck runs [options]

  --workspace DIR   where runs live
  --json            print the runs as one JSON array, newest first
`

export const runsCommand: Command = {
  summary: 'list the runs of a workspace',
  help,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { workspace: { type: 'string' }, json: { type: 'boolean' }, verbose: { type: 'boolean' } },
    })
    const runs = listRuns(workspaceArgument(args))
    if (values.json) process.stdout.write(`${JSON.stringify(runs.map(asJson))}\n`)
    else process.stdout.write(asTable(runs))
    return 0
  },
}

function asJson(run: Run): object {
  const metrics = Object.fromEntries(Object.entries(run.summaries).map(([name, { last }]) => [name, last]))
  const { id: runId, name, status, createdAt, endedAt, datasetName, modelName, config, parameters } = run
  const { epochsDone: epochs, steps, seconds, samplesPerSecond, error } = run
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
  }
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
