/** JSON lines: an object on each line, or an array of values. */
import { encodingOf } from './encoding.ts'
import type { Encoding } from './encoding.ts'
import { mode, mostColumns, numberedNames, sampleRows } from './format.ts'
import type { Limits, RecordRow, Records } from './format.ts'
import { linesOf } from './lines.ts'
import { projected } from './project.ts'
import { basename } from 'node:path'
import { refuse } from '../refuse.ts'

type Parsed = { kind: 'object'; value: Record<string, unknown> } | { kind: 'array'; value: unknown[] }

const sampleBytes = 1 << 20

/** @throws UserError `data/encoding`, `data/json-lines` when its beginning has no line that is an object or array */
export async function openJsonLines(path: string, limits: Limits): Promise<Records> {
  const encoding = await encodingOf(path)
  const first: Parsed[] = []
  let lines = 0
  let wrong = ''
  for await (const { text, problem, number } of linesOf(
    path,
    encoding,
    Math.min(sampleBytes, limits.bytes),
  )) {
    if (text.trim() === '' && problem === null) continue
    lines += 1
    const parsed = problem ?? parse(text)
    if (typeof parsed === 'string') wrong ||= `line ${number}: ${parsed}`
    else first.push(parsed)
    if (lines === sampleRows) break
  }
  if (lines === 0) refuse('table-empty', `${basename(path)} has no rows.`, 'Choose a file with data in it.')
  const kind = first[0]?.kind
  if (!kind || first.length * 2 < lines)
    refuse(
      'json-lines',
      `${basename(path)} is not JSON lines (${wrong}).`,
      'Write one JSON object per line; an array of objects becomes that by: jq -c ".[]" OLD.json > NEW.jsonl',
    )
  const columns =
    kind === 'object'
      ? keysOf(first)
      : numberedNames(mode(first.map(({ value }) => (value as unknown[]).length)))
  if (columns.length > mostColumns)
    refuse(
      'table-columns',
      `${basename(path)} has ${columns.length} different keys.`,
      `At most ${mostColumns} columns are read.`,
    )
  const rows = (): AsyncGenerator<RecordRow> => rowsOf(path, encoding, limits, columns, kind)
  return {
    format: 'json-lines',
    columns,
    header: kind === 'object',
    delimiter: null,
    ...(await projected(path, rows, limits)),
    reasons: encoding.reason ? [encoding.reason] : [],
    rows,
  }
}

/** In the order first met. */
function keysOf(records: readonly Parsed[]): string[] {
  const keys = new Set<string>()
  for (const { kind, value } of records)
    if (kind === 'object') for (const key of Object.keys(value)) keys.add(key)
  return [...keys]
}

async function* rowsOf(
  path: string,
  encoding: Encoding,
  { bytes, rows }: Limits,
  columns: readonly string[],
  kind: Parsed['kind'],
): AsyncGenerator<RecordRow> {
  let given = 0
  for await (const { text, problem, number } of linesOf(path, encoding, bytes)) {
    if (given === rows) return
    if (problem === null && text.trim() === '') continue
    given += 1
    yield { number, ...cellsOf(problem ?? parse(text), columns, kind) }
  }
}

function cellsOf(
  parsed: Parsed | string,
  columns: readonly string[],
  kind: Parsed['kind'],
): Pick<RecordRow, 'cells' | 'problem'> {
  if (typeof parsed === 'string') return { cells: [], problem: parsed }
  if (parsed.kind !== kind) return { cells: [], problem: `an ${parsed.kind}, where the others are ${kind}s` }
  try {
    if (parsed.kind === 'object') {
      const { value } = parsed
      return {
        cells: columns.map((key) => (Object.hasOwn(value, key) ? cellOf(value[key]) : null)),
        problem: null,
      }
    }
    const cells = parsed.value.map(cellOf)
    const fits = cells.length === columns.length
    return { cells, problem: fits ? null : `${cells.length} of ${columns.length} columns` }
  } catch {
    return { cells: [], problem: 'nested too deeply' }
  }
}

function parse(line: string): Parsed | string {
  try {
    const value: unknown = JSON.parse(line)
    if (Array.isArray(value)) return { kind: 'array', value }
    if (typeof value === 'object' && value !== null)
      return { kind: 'object', value: value as Record<string, unknown> }
    return 'no object, but a single value'
  } catch {
    return 'not JSON'
  }
}

/** Text as it is, numbers and truth values in words, what is nested as JSON. */
function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'string'
    ? value
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value as number)
}
