/** Tables: numbers and categories to features, one column to predict. */
import { basename } from 'node:path'
import { plainOptions, plainTable } from '../../common/data/options.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import type { Reading } from '../../common/data/guess.ts'
import { naturalOrder } from '../files.ts'
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'
import { unpackedSize } from '../records/index.ts'
import type { Records } from '../records/index.ts'
import { count, figure, refuse, someOf } from '../refuse.ts'
import { isMissing, taskOf } from '../table/columns.ts'
import type { ColumnLook } from '../table/columns.ts'
import { fittedEncoder, tableEncoder } from '../table/encoder.ts'
import { findTable } from '../table/find.ts'
import { looksOf, planAs, planOf, splitColumn } from '../table/plan.ts'
import { checkClasses, classify, scanTable } from '../table/scan.ts'
import { namesText } from '../text/columns.ts'
import type { Fitted } from '../single/preparation.ts'
import type { Scan, Source } from './source.ts'

const inspectBytes = 4 << 20
const inspectRows = 50_000

const isUseful = ({ kind }: ColumnLook): boolean => kind === 'number' || kind === 'category'

/** Whether the columns are those of a table, and not of labelled texts or of a list of files. */
function isTable(records: Records, looks: readonly ColumnLook[]): boolean {
  if (records.columns.length < 2 || records.sample.length < 2 || namesText(records.columns)) return false
  const useful = looks.filter(isUseful)
  const numbers = looks.filter(({ kind }) => kind === 'number')
  // A label beside a text is a table of texts.
  if (useful.length < 2 || (useful.length < 3 && numbers.length === 0)) return false
  return records.header || !looks.some((column, index) => column.kind === 'other' && isProse(records, index))
}

/** Without names, sentences in a column say that the others are about them. */
function isProse({ sample }: Records, index: number): boolean {
  const cells = sample.map((row) => row[index] ?? '')
  return cells.filter((cell) => cell.trim().split(/\s+/).length >= 3).length > cells.length / 2
}

async function inspect(path: string): Promise<Reading | null> {
  const opened = await findTable(path, { bytes: inspectBytes, rows: inspectRows }, createPace())
  if (!opened) return null
  const { file, name, records } = opened
  const looks = looksOf(records)
  if (!isTable(records, looks)) return null
  const splitAt = splitColumn(records)
  const useful = looks.filter((column, index) => isUseful(column) && index !== splitAt)
  const target = useful.at(-1)
  if (!target) return null
  const task = taskOf(target)
  const features = useful.filter((column) => column !== target)
  const leaveOut = looks.filter(
    (column, index) => column !== target && index !== splitAt && !features.includes(column),
  )
  const seen = await countRows(records, task === 'classify' ? looks.indexOf(target) : -1)
  const whole = records.exact
    ? seen.rows >= records.approximateRows
    : seen.rows < inspectRows && (await unpackedSize(file)) <= inspectBytes
  const namesOf = (kind: ColumnLook['kind']): string =>
    someOf(
      features.filter((one) => one.kind === kind).map((one) => one.name),
      5,
    )
  const numeric = features.filter(({ kind }) => kind === 'number').length
  const categories = features.length - numeric
  const columns = count(looks.length, 'column')
  const named =
    records.format !== 'delimited'
      ? columns
      : records.header
        ? `its first row names ${columns}`
        : `${columns} without names`
  const sampleCount = whole ? seen.rows : Math.max(seen.rows, records.approximateRows)
  return {
    path,
    task,
    columns: records.columns,
    headerRow: records.format === 'delimited',
    options: {
      ...plainOptions,
      kind: 'table',
      name,
      table: {
        ...plainTable,
        header: records.header,
        target: target.name,
        task,
        leaveOut: leaveOut.map((one) => one.name),
      },
    },
    reasons: [
      ...(records.format === 'arrays'
        ? []
        : [
            `${basename(file)} is a table: ${named}, ${whole ? '' : 'about '}${count(sampleCount, 'row')} follow.`,
          ]),
      ...records.reasons,
      ...(numeric > 0 ? [`${count(numeric, 'column')} of numbers, standardised: ${namesOf('number')}.`] : []),
      ...(categories > 0
        ? [`${count(categories, 'column')} of categories, one feature each: ${namesOf('category')}.`]
        : []),
      ...leaveOut.map((one) => `"${one.name}" is left out: ${one.reason}.`),
      ...(splitAt >= 0
        ? [`Column "${records.columns[splitAt]!}" says which rows train, validate and test.`]
        : []),
      task === 'regress'
        ? `"${target.name}" holds numbers: it is predicted as a number.`
        : `"${target.name}" holds ${count(target.distinct, 'value')}: one class each.`,
      ...(whole || task === 'regress' ? [] : [`Classes are counted in the first ${figure(seen.rows)} rows.`]),
    ],
    classes: [...seen.classes]
      .map(([text, times]) => ({ name: text, count: times }))
      .sort((a, b) => naturalOrder(a.name, b.name)),
    sampleCount,
    givenSplit: splitAt >= 0,
  }
}

/** @param target column of the classes; -1 for none */
async function countRows(
  records: Records,
  target: number,
): Promise<{ rows: number; classes: Map<string, number> }> {
  const pace = createPace()
  const classes = new Map<string, number>()
  let rows = 0
  for await (const { cells, problem } of records.rows()) {
    await pace.rest()
    rows += 1
    const cell = problem === null && target >= 0 ? (cells[target] ?? null) : null
    if (!isMissing(cell)) classes.set(cell!.trim(), (classes.get(cell!.trim()) ?? 0) + 1)
  }
  return { rows, classes }
}

async function scan(path: string, options: ImportOptions, pace: Pace, fitted: Fitted | null): Promise<Scan> {
  const { table: wanted, split } = options
  if (!wanted) refuse('options', 'Nothing was chosen about the table.', 'Choose the column to predict.')
  const opened = await findTable(path, { header: wanted.header }, pace)
  if (!opened)
    refuse(
      'no-table',
      `${path} is no table.`,
      'Choose a .csv, .tsv, .jsonl or .parquet file whose columns are numbers or categories, or arrays of features.',
    )
  const { file, records } = opened
  const plan = fitted ? planAs(file, records, wanted, fitted) : planOf(file, records, wanted, split)
  const { rows, problems, fingerprint } = await scanTable(file, records, plan, wanted, split, pace)
  if (!fitted && wanted.task === 'classify') checkClasses(plan.target, rows.length)
  return {
    task: wanted.task,
    classNames: wanted.task === 'classify' ? classify(plan.target, rows) : [],
    rows,
    fingerprint,
    problems,
    encoder: (order, encoderPace) =>
      fitted
        ? fittedEncoder(plan, rows.length, fitted)
        : tableEncoder(plan, wanted, rows.length, order, encoderPace),
  }
}

export const table: Source = { inspect, scan }
