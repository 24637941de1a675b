/** `tapedeck predict`: asks the weights of a run about an image, a text, a row, or everything in a folder or a file. */
import { readFileSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import { parseArgs } from 'node:util'
import { predictFormats, type PredictedFiles } from '../common/predict/files.ts'
import {
  checkImageBytes,
  mostCharacters,
  type Answer,
  type Given,
  type Subject,
  type SubjectQuery,
} from '../common/predict/subject.ts'
import { resultOf } from '../common/resultOf.ts'
import type { RunDetail } from '../common/schemas.ts'
import { measured } from '../common/settings.ts'
import { isImageExtension } from '../data/index.ts'
import { typedPath, workspaceArgument } from '../shells/options.ts'
import type { Command } from './commands.ts'
import { UsageError } from './errors.ts'
import { ProgressLine } from './progressLine.ts'
import { withWorkbench, type Client } from './session.ts'

const help = `tapedeck predict RUN PATH [options]
tapedeck predict RUN --text TEXT [options]
tapedeck predict RUN --row COLUMN=VALUE,... [options]

  PATH              an image or a file with a text; or with --out a folder of either, a CSV, TSV, JSON lines or Parquet
  --text TEXT       a text; a language model goes on with it
  --row CELLS       a row of a table; columns that are left out are missing
  --out FILE        writes a line for every sample
  --format F        of FILE: csv or jsonl; told by its name without this option
  --column NAME     of a table of texts: the column with the text
  --replace         write over a FILE that is there
  --checkpoint C    best, last, or a step; without it the newest
  --most N, --temperature T, --top-k K, --seed S, --stop TEXT
                    of a language model: tokens at most (200), how bold (1), drawn from the K likeliest, ends at a text
  --workspace DIR   where runs live
  --json            print one JSON line last
`

const options = {
  text: { type: 'string' },
  row: { type: 'string' },
  out: { type: 'string' },
  format: { type: 'string' },
  column: { type: 'string' },
  replace: { type: 'boolean' },
  checkpoint: { type: 'string' },
  most: { type: 'string' },
  temperature: { type: 'string' },
  'top-k': { type: 'string' },
  seed: { type: 'string' },
  stop: { type: 'string' },
  workspace: { type: 'string' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
} as const

export const predictCommand: Command = {
  summary: 'ask trained weights about an image, a text, a row, a folder or a table',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const [which = '', path, ...more] = positionals
    const runId = Number(which)
    if (!Number.isInteger(runId) || runId < 1)
      throw new UsageError(
        which === '' ? 'Which run is missing.' : `"${which}" is not the number of a run.`,
        '"tapedeck runs" lists them.',
      )
    const asked = [path, values.text, values.row].filter((one) => one !== undefined)
    if (asked.length !== 1 || more.length > 0)
      throw new UsageError(
        asked.length === 0 ? 'There is nothing to predict.' : 'There is more than one thing to predict.',
        'Name a PATH, or write --text or --row.',
      )
    const progress = new ProgressLine()
    const printed = await withWorkbench(workspaceArgument(args), async (client) => {
      const run = await client.runs.get({ runId })
      const query = { runId, checkpointId: checkpointOf(run, values.checkpoint) }
      if (values.out !== undefined) return toFile(client, query, path, values, progress)
      const subject = await client.predict.subject(query)
      if (values.text !== undefined && subject.task === 'next-token')
        return goOn(client, query, values.text, values, progress)
      const given = givenOf(path, values, subject)
      const answer = await client.predict.ask({ ...query, given, explain: null })
      return values.json ? `${JSON.stringify({ ...subject, ...answer })}\n` : asText(answer, subject)
    })
    process.stdout.write(printed)
    return 0
  },
}

type Values = Partial<Record<keyof typeof options, string | boolean>>
const text = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

/** @throws UsageError where the run has none such */
export function checkpointOf({ id, checkpoints }: RunDetail, wanted: string | undefined): number | null {
  if (wanted === undefined) return null
  const found = checkpoints.findLast(({ kind, step }) => kind === wanted || String(step) === wanted)
  if (found) return found.id
  const known = checkpoints.map(({ kind, step }) => `${kind} (${step})`).join(', ') || 'none'
  throw new UsageError(`Run ${id} has no checkpoint "${wanted}".`, `It has: ${known}.`)
}

function givenOf(path: string | undefined, values: Values, { input }: Subject): Given {
  if (typeof values.text === 'string') return { kind: 'text', text: values.text }
  if (typeof values.row === 'string') return { kind: 'row', cells: cellsOf(values.row) }
  const file = typedPath(path ?? '')
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found) throw new UsageError(`There is nothing at ${file}.`, 'Check the path.')
  if (found.isDirectory())
    throw new UsageError(`${file} is a folder.`, 'Name the file for its answers with --out.')
  const extension = extname(file).toLowerCase()
  const isText = ['.txt', '.text', '.md'].includes(extension)
  if (input.kind === 'text' && isText) {
    const text = readFileSync(file, 'utf8')
    if (text.length <= mostCharacters) return { kind: 'text', text }
    throw new UsageError(
      `${file} has ${text.length} characters; a text may have ${mostCharacters}.`,
      `This network reads at most ${input.longest} tokens: give it a part.`,
    )
  }
  if (input.kind !== 'image' && !isImageExtension(extension))
    throw new UsageError(
      `${file} may hold many samples, or none.`,
      input.kind === 'text'
        ? 'Name the file for its answers with --out; a single text is a .txt file, or --text.'
        : 'Name the file for its answers with --out; a single row is --row.',
    )
  checkImageBytes(found.size)
  return { kind: 'image', base64: readFileSync(file).toString('base64') }
}

function cellsOf(row: string): Record<string, string> {
  return Object.fromEntries(
    row.split(',').map((cell) => {
      const at = cell.indexOf('=')
      if (at > 0) return [cell.slice(0, at).trim(), cell.slice(at + 1).trim()]
      throw new UsageError(
        `"${cell}" is not COLUMN=VALUE.`,
        'Write --row area=120.5,rooms=4: commas stand between cells.',
      )
    }),
  )
}

async function toFile(
  client: Client,
  query: SubjectQuery,
  path: string | undefined,
  values: Values,
  progress: ProgressLine,
): Promise<string> {
  const out = typedPath(text(values.out) ?? '')
  if (path === undefined)
    throw new UsageError('--out needs a PATH.', 'Name a folder, a file of samples or a table.')
  const format = predictFormats.find(
    (one) => one === (values.format ?? (/\.jsonl$/i.test(out) ? 'jsonl' : 'csv')),
  )
  if (!format) throw new UsageError(`--format ${String(values.format)} is not known.`, 'Use csv or jsonl.')
  const asked = {
    path: typedPath(path),
    out,
    format,
    column: text(values.column) ?? null,
    replace: values.replace === true,
  }
  const stream = await client.predict.files({ ...query, asked })
  const found = await resultOf(stream, ({ done, total }) =>
    progress.show(`predicted ${done}${total > 0 ? ` of ${total}` : ''}`),
  )
  return values.json ? `${JSON.stringify(found)}\n` : filesText(found)
}

async function goOn(
  client: Client,
  query: SubjectQuery,
  prompt: string,
  values: Values,
  progress: ProgressLine,
): Promise<string> {
  const number = (name: keyof Values, otherwise: number): number => {
    const typed = text(values[name])
    const value = typed === undefined ? otherwise : Number(typed)
    if (typed?.trim() === '' || !Number.isFinite(value) || value < 0)
      throw new UsageError(`--${name} ${typed} is not a number.`, `Write --${name} ${otherwise}.`)
    return value
  }
  const asked = {
    prompt,
    most: number('most', 200),
    temperature: number('temperature', 1),
    topK: values['top-k'] === undefined ? null : number('top-k', 40),
    seed: number('seed', 1),
    stop: text(values.stop) ?? null,
  }
  const stream = await client.predict.generate({ ...query, asked })
  const written = await resultOf(stream, ({ done }) => progress.show(`${done} tokens`))
  return values.json ? `${JSON.stringify({ prompt, text: written })}\n` : `${prompt}${written}\n`
}

function asText({ choices, numbers, seen }: Answer, { step }: Subject): string {
  const lines = [
    ...numbers.map(({ name, value }) => `${name}  ${measured(value)}`),
    ...choices
      .slice(0, 5)
      .map(({ name, probability }) => `${(100 * probability).toFixed(1).padStart(5)} %  ${name}`),
    ...seen.notes.map((note) => `(${note})`),
    `(weights of step ${step})`,
  ]
  return `${lines.join('\n')}\n`
}

function filesText({ out, predicted, problems, problemCount, counts, seconds }: PredictedFiles): string {
  const lines = [
    `${predicted} samples predicted in ${seconds.toFixed(1)} s: ${out}`,
    ...counts.slice(0, 20).map(({ name, count }) => `${String(count).padStart(7)}  ${name}`),
    ...(problemCount > 0 ? [`${problemCount} could not be predicted:`] : []),
    ...problems.slice(0, 5).map(({ item, reason }) => `  ${item}: ${reason}`),
  ]
  return `${lines.join('\n')}\n`
}
