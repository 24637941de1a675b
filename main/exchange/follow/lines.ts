/** Whole lines of a table of metrics that is still written, made into what they say. Pure. */
import { parse } from 'csv-parse/sync'
import { UserError } from '../../common/errors.ts'
import type { Cell, Row } from '../tables/cell.ts'
import { guessReading } from '../tables/guess.ts'
import { headOf } from '../tables/head.ts'
import { parseLine } from '../tables/line.ts'
import { delimiterIn, unique } from '../tables/rows.ts'
import { newRun, runIn, takeRow } from '../tables/take.ts'
import type { Position } from './position.ts'
import { tellPoints } from './points.ts'
import type { News } from './report.ts'

/** The only run of a file that names none. */
export const onlyRun = ''

type Cells = ReadonlyMap<string, Cell>

/** The cells of a line; null where it has none, or is the header. */
export function cellsOf(line: string, position: Position): Cells | null {
  const text = line.replace(/^\ufeff/, '').replace(/\r$/, '')
  if (text.trim() === '') return null
  position.form ??= formOf(text)
  if (position.form.kind === 'lines') return parseLine(text)
  const { delimiter, columns } = position.form
  const [values = []] = parse(text, { delimiter, relax_column_count: true, relax_quotes: true })
  if (columns.length === 0) {
    position.form.columns = unique(values)
    return null
  }
  return new Map(columns.flatMap((name, i) => (values[i] === undefined ? [] : [[name, values[i]]])))
}

function formOf(line: string): NonNullable<Position['form']> {
  if (/^\s*\{/.test(line)) return { kind: 'lines' }
  if (line.includes('\0'))
    throw new UserError({
      code: 'exchange/unknown',
      what: 'It is no text.',
      mend: 'Follow a file of JSON lines, a CSV file of metrics, or event files of TensorBoard, which have “tfevents” in their names.',
    })
  return { kind: 'csv', delimiter: delimiterIn(line), columns: [] }
}

/** Looks at the first rows, unless it has been done: which column is the step, and which tells runs apart. */
export function learnColumns(position: Position, rows: readonly Cells[]): void {
  if (position.reading !== null) return
  const points = rows.filter((row) => headOf(row) === null)
  const columns = [...new Set(points.flatMap((row) => [...row.keys()]))]
  if (columns.length === 0) return
  const { reading } = guessReading(
    columns,
    points.map((row) => columns.map((column) => row.get(column))),
  )
  // Metrics that come later are metrics too.
  position.reading = { ...reading, metrics: [] }
}

/** What a line says; `position` is brought up to it. Its columns are known. @returns how many points that are */
export function newsOf(cells: Cells, position: Position, into: News[]): number {
  const head = headOf(cells)
  if (head?.kind === 'end') {
    position.over = true
    into.push({ kind: 'end', key: onlyRun, end: head })
    return 0
  }
  position.over = false
  if (head) {
    if (head.step === 0) position.runs = {}
    into.push({ kind: 'start', key: onlyRun, start: head })
    return 0
  }
  const { reading } = position
  if (reading === null) return 0
  const row: Row = (column) => cells.get(column)
  const key = runIn(row, reading) ?? onlyRun
  const run = (position.runs[key] ??= { ...newRun(), told: [] })
  const { metrics: _, ...roles } = reading
  const taken = new Set(Object.values(roles))
  const metrics = [...cells.keys()].filter((name) => !taken.has(name))
  const said = takeRow(row, reading, metrics, run)
  if (typeof said === 'string') return 0
  return tellPoints(said, run, key, into)
}
