/** Reads a table once, into columns of numbers. */
import { basename } from 'node:path'
import type { ImportOptions } from '../../common/data/options.ts'
import { digestNow, Fingerprint, position, shortDigest } from '../digest.ts'
import { naturalOrder } from '../files.ts'
import type { Pace } from '../pace.ts'
import { Problems } from '../problems.ts'
import type { RecordRow, Records } from '../records/index.ts'
import { count, refuse } from '../refuse.ts'
import type { Row } from '../split.ts'
import { splitOf } from '../text/columns.ts'
import type { Cells } from './cells.ts'
import { isMissing } from './columns.ts'
import type { Plan, TableOptions } from './plan.ts'

export interface ScannedTable {
  rows: Row[]
  problems: Problems
  fingerprint: string
}

const mostClasses = 1000
/** Between the cells of a row where they are digested together: a sign that no text has. */
const between = '\u001f'

/** @throws UserError `data/nothing-readable`, and those of reading records */
export async function scanTable(
  path: string,
  records: Records,
  plan: Plan,
  wanted: TableOptions,
  split: ImportOptions['split'],
  pace: Pace,
): Promise<ScannedTable> {
  const { columns, cells, target, targetAt, splitAt, groupAt } = plan
  const problems = new Problems()
  const rows: Row[] = []
  const fingerprint = new Fingerprint().add('table').add(storedBy(wanted)).add(JSON.stringify(columns))
  // What rows are compared by in the check-up: their features, and what a regression is to predict of them.
  const compared = cells.flatMap((column, index) =>
    column && (column !== target || wanted.task === 'regress') ? [index] : [],
  )
  const total = records.exact ? records.approximateRows : 0
  for await (const row of records.rows()) {
    await pace.rest()
    const wrong = readInto(cells, target, targetAt, row)
    if (wrong !== null) {
      problems.add(`${path}:${row.number}`, wrong)
      continue
    }
    for (const column of cells) column?.keep()
    const text = row.cells.map((cell) => cell ?? '')
    const digest = digestNow(text.join(between))
    fingerprint.add(digest)
    const group = groupAt >= 0 ? row.cells[groupAt]! : null
    rows.push({
      classIndex: 0,
      position: position(digest),
      split: splitAt >= 0 ? splitOf(text[splitAt]!) : null,
      digest: shortDigest(digestNow(compared.map((index) => text[index]!).join(between))),
      ...(groupAt >= 0 && { group: isMissing(group) ? null : group!.trim() }),
    })
    pace.report(rows.length, total, 'Reading rows')
  }
  if (rows.length === 0)
    refuse(
      'nothing-readable',
      `${basename(path)} has no row that can be used${problems.listed[0] ? `: ${problems.listed[0].reason}` : ''}.`,
      'Check the column to predict.',
    )
  if (split.given) serveTest(rows)
  return { rows, problems, fingerprint: fingerprint.hex() }
}

function readInto(
  cells: readonly (Cells | null)[],
  target: Cells,
  targetAt: number,
  { cells: row, problem }: RecordRow,
): string | null {
  if (problem !== null) return problem
  if (isMissing(row[targetAt]!)) return `"${target.name}" is missing`
  for (const [index, column] of cells.entries()) {
    const wrong = column?.read(row[index]!) ?? null
    if (wrong !== null) return wrong
  }
  return null
}

/** What of the options changes the stored bytes; tables read as ever keep the form that they have always had. */
function storedBy({
  target,
  task,
  leaveOut,
  header,
  kinds,
  scaling,
  categories,
  missing,
}: TableOptions): string {
  const rest = { header, kinds, scaling, categories, missing }
  const plain =
    header &&
    Object.keys(kinds).length === 0 &&
    scaling === 'standard' &&
    categories === 'one-hot' &&
    missing === 'mean'
  return JSON.stringify({ target, task, leaveOut, ...(plain ? {} : rest) })
}

/** A test part serves as validation where there is no other; training alone is no split. */
function serveTest(rows: readonly Row[]): void {
  const sides = new Set(rows.map(({ split }) => split))
  if (sides.has('validation') || sides.has(null)) return
  for (const row of rows)
    row.split = sides.has('test') ? (row.split === 'test' ? 'validation' : row.split) : null
}

/** @throws UserError `data/too-many-classes` */
export function checkClasses({ name, texts }: Cells, rows: number): void {
  if (texts.length > mostClasses || (texts.length > 2 && texts.length > rows / 2))
    refuse(
      'too-many-classes',
      `"${name}" has ${count(texts.length, 'different value')} in ${count(rows, 'row')}: too many to be classes.`,
      'Predict it as a number, or choose another column.',
    )
}

/** Numbers the classes naturally. */
export function classify(target: Cells, rows: readonly Row[]): string[] {
  const { texts } = target
  const classNames = texts.toSorted(naturalOrder)
  const numbers = texts.map((text) => classNames.indexOf(text))
  for (const [index, row] of rows.entries()) row.classIndex = numbers[target.at(index)]!
  return classNames
}
