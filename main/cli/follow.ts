/** `tapedeck follow`: runs that other programs train, in the table while they train. */
import { parseArgs } from 'node:util'
import { sizeWords } from '../common/exchange/words.ts'
import type { Follow } from '../common/exchange/follow.ts'
import { UserError } from '../common/errors.ts'
import { typedPath, workspaceArgument } from '../shells/options.ts'
import type { Command } from './commands.ts'
import { UsageError } from './errors.ts'
import { ProgressLine } from './progressLine.ts'
import { withWorkbench, type Client } from './session.ts'

export const followCommand: Command = {
  summary: 'reads metrics that another program writes into the table of runs, while it writes',
  help: `Reads metrics that another program writes into the table of runs, while it writes them.

  npm run tapedeck -- follow PATH... [options]

A PATH is a file of JSON lines or a CSV file of metrics, or a folder: every .jsonl file in it and below it is a run, every
folder with event files of TensorBoard (SummaryWriter) too, and those that come later. Nothing has to be there yet. What an exported project writes tells its settings and when it has
ended; such a file is followed to its end, anything else until Ctrl+C. The next time it goes on where it was.

  --workspace DIR   where the runs go; while the workbench has it open, follow the path on its Compare page instead
  --json            the runs as one JSON value at the end
`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        workspace: { type: 'string' },
        json: { type: 'boolean' },
        verbose: { type: 'boolean' },
      },
    })
    if (positionals.length === 0)
      throw new UsageError('What to follow is missing.', 'Name a file of metrics, or a folder of such files.')
    const paths = positionals.map(typedPath)
    try {
      return await withWorkbench(workspaceArgument(args), (client) => follow(client, paths, values.json))
    } catch (error) {
      throw error instanceof UserError && error.code === 'workspace/locked' ? heldElsewhere(error) : error
    }
  },
}

/** One process writes to a workspace: the one that has it open reads the file. */
const heldElsewhere = (error: UserError): UserError =>
  new UserError({
    code: error.code,
    what: error.what,
    mend: 'Follow the file there: Compare, “Import…”, “Follow a file”. Or close it, or choose another folder with --workspace.',
  })

async function follow(client: Client, paths: string[], json = false): Promise<number> {
  const ids = new Set<number>()
  for (const path of paths) ids.add((await client.follow.start({ path })).id)
  const over = new AbortController()
  const stop = (): void => over.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  const progress = new ProgressLine()
  const told = new Map<string, string>()
  let followed: Follow[] = []
  try {
    for await (const all of await client.follow.watch(undefined, { signal: over.signal })) {
      followed = all.filter(({ id }) => ids.has(id))
      for (const one of followed) tell(one, told, progress)
      if (followed.every(isOver)) break
    }
  } catch (error) {
    if (!over.signal.aborted) throw error
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
  const failed = followed.some(({ state }) => state === 'stopped')
  for (const id of ids) await client.follow.stop({ id })
  const runs = followed.flatMap((one) => one.runs)
  if (json) process.stdout.write(`${JSON.stringify(runs)}\n`)
  if (failed) return 1
  return over.signal.aborted ? 130 : 0
}

/** Its runs have said that they ended, or it cannot go on. */
const isOver = ({ state, runs, files }: Follow): boolean =>
  state === 'stopped' ||
  (state === 'quiet' &&
    files === 1 &&
    runs.length > 0 &&
    runs.every(({ status }) => status !== 'interrupted'))

function tell(
  { path, state, problem, runs, points, bytes }: Follow,
  told: Map<string, string>,
  progress: ProgressLine,
): void {
  const say = (key: string, text: string): void => {
    if (told.get(key) === text) return
    told.set(key, text)
    progress.end(text)
  }
  if (state === 'waiting') say(path, `${path}: waiting for it`)
  if (problem) say(path, `${path}: ${problem.what} ${problem.mend}`)
  else if (runs.length > 0) say(path, `${path}: following`)
  for (const { id, name, status } of runs.toReversed()) say(`run ${id}`, `  run ${id} "${name}" ${status}`)
  const behind = bytes.total - bytes.read
  progress.show(
    `${points.toLocaleString('en-US')} points${behind > 1e6 ? `, ${sizeWords(behind)} to read` : ''}`,
  )
}
