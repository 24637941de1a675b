/** Tables with a header: numbers and categories to features, one column to predict. */
import { basename, extname } from 'node:path'
import { plainOptions, plainTable } from '../../common/schemas.ts'
import type { Dataset, ImportOptions, Reading } from '../../common/schemas.ts'
import { digestNow, Fingerprint, position, shortDigest } from '../digest.ts'
import { extension, listFolder, look, naturalOrder } from '../files.ts'
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'
import { Problems } from '../problems.ts'
import { count, figure, refuse, someOf } from '../refuse.ts'
import type { Order, Row } from '../split.ts'
import { isHeader, isMissing, lookAt, taskOf } from '../table/columns.ts'
import type { ColumnLook } from '../table/columns.ts'
import { Cells, featureOf, moments } from '../table/features.ts'
import { readRecords } from '../table/records.ts'
import { namesText } from '../text/columns.ts'
import type { Encoded, Encoder, Scan, Source } from './source.ts'

const inspectBytes = 4 << 20
const sampleRows = 1000
const mostClasses = 1000
const extensions = new Set(['.csv', '.tsv', '.tab'])

/** The table at a path: the file, or the only one in a folder. */
async function findTable(path: string): Promise<string | null> {
  if (!(await look(path)).isDirectory()) return extensions.has(extension(path)) ? path : null
  const tables = (await listFolder(path)).filter(
    (entry) => !entry.folder && extensions.has(extension(entry.name)),
  )
  return tables.length === 1 ? tables[0]!.path : null
}

interface Looked {
  names: string[]
  looks: ColumnLook[]
}

/** What the columns are, from the first rows; null where the file has no header or is too narrow. */
function lookAtAll(records: readonly string[][]): Looked | null {
  const [first, ...others] = records
  if (!first || first.length < 2 || others.length < 2 || !isHeader(first, others)) return null
  const names = first.map((cell) => cell.trim())
  return {
    names,
    looks: names.map((name, index) =>
      lookAt(
        name,
        others.map((record) => record[index] ?? ''),
      ),
    ),
  }
}

async function inspect(path: string): Promise<Reading | null> {
  const file = await findTable(path)
  if (!file) return null
  const { records } = await readRecords(file, inspectBytes)
  const first: string[][] = []
  let rows = -1 // the header is none
  const pace = createPace()
  for await (const record of records) {
    await pace.rest()
    rows += 1
    if (first.length < sampleRows) first.push(record)
  }
  const looked = lookAtAll(first)
  if (!looked || namesText(looked.names)) return null
  const { names, looks } = looked
  const useful = looks.filter(({ kind }) => kind === 'number' || kind === 'category')
  const numbers = looks.filter(({ kind }) => kind === 'number')
  // A label beside a text is a table of texts.
  if (useful.length < 2 || (useful.length < 3 && numbers.length === 0)) return null
  const target = looks.findLast(({ kind }) => kind === 'number' || kind === 'category')!
  const task = taskOf(target)
  const features = useful.filter((column) => column !== target)
  const leaveOut = looks.filter((column) => column !== target && !features.includes(column))
  const large = (await look(file)).size > inspectBytes
  const classes = new Map<string, number>()
  const at = looks.indexOf(target)
  if (task === 'classify')
    for (const record of first.slice(1)) {
      const cell = record[at]?.trim() ?? ''
      if (!isMissing(cell)) classes.set(cell, (classes.get(cell) ?? 0) + 1)
    }
  const named = (kind: ColumnLook['kind']): string =>
    someOf(
      features.filter((one) => one.kind === kind).map(({ name }) => name),
      5,
    )
  const numeric = features.filter(({ kind }) => kind === 'number').length
  const categories = features.length - numeric
  return {
    path,
    task,
    columns: names,
    options: {
      ...plainOptions,
      kind: 'table',
      name: basename(file, extname(file)).slice(0, 120) || 'Table',
      table: { ...plainTable, target: target.name, task, leaveOut: leaveOut.map(({ name }) => name) },
    },
    reasons: [
      `${basename(file)} is a table: its first row names ${count(names.length, 'column')}, ${count(rows, 'row')} follow${large ? ` in its first ${inspectBytes >> 20} MB` : ''}.`,
      ...(numeric > 0 ? [`${count(numeric, 'column')} of numbers, standardised: ${named('number')}.`] : []),
      ...(categories > 0
        ? [`${count(categories, 'column')} of categories, one feature each: ${named('category')}.`]
        : []),
      ...leaveOut.map(({ name, reason }) => `"${name}" is left out: ${reason}.`),
      task === 'regress'
        ? `"${target.name}" holds numbers: it is predicted as a number.`
        : `"${target.name}" holds ${count(target.distinct, 'value')}: one class each.`,
    ],
    classes: [...classes]
      .map(([name, times]) => ({ name, count: times }))
      .sort((a, b) => naturalOrder(a.name, b.name)),
    sampleCount: rows,
    givenSplit: false,
  }
}

async function scan(path: string, { table: wanted }: ImportOptions, pace: Pace): Promise<Scan> {
  if (!wanted) refuse('options', 'Nothing was chosen about the table.', 'Choose the column to predict.')
  const file = await findTable(path)
  if (!file)
    refuse(
      'no-table',
      `${path} is no table.`,
      'Choose a .csv or .tsv file whose first row names its columns.',
    )
  const { records } = await readRecords(file)
  const first: string[][] = []
  const problems = new Problems()
  const rows: Row[] = []
  const fingerprint = new Fingerprint().add('table').add(JSON.stringify(wanted))
  let columns: (Cells | null)[] = []
  const constant: string[] = []
  let names: string[] = []
  let target: Cells | null = null

  const begin = (): void => {
    const looked = lookAtAll(first)
    if (!looked)
      refuse(
        'table-header',
        `${basename(file)} has no header, or fewer than two columns and two rows.`,
        'Write the names of the columns into the first row.',
      )
    names = looked.names
    const at = names.indexOf(wanted.target)
    if (at < 0)
      refuse(
        'table-target',
        `${basename(file)} has no column "${wanted.target}"; it has ${someOf(names, 8)}.`,
        'Choose one of them to predict.',
      )
    const left = new Set(wanted.leaveOut)
    columns = looked.looks.map((column, index) => {
      if (index === at) return new Cells(column.name, wanted.task === 'regress' ? 'number' : 'category')
      if (left.has(column.name)) return null
      if (column.kind === 'constant') {
        constant.push(column.name)
        return null
      }
      return new Cells(column.name, column.kind === 'number' ? 'number' : 'category')
    })
    target = columns[at]!
    if (columns.filter((column) => column !== null).length < 2)
      refuse(
        'table-features',
        `${basename(file)} has no column left to predict "${wanted.target}" from.`,
        'Leave fewer columns out.',
      )
    fingerprint.add(JSON.stringify(names))
  }
  let number = 0
  const take = (record: string[]): void => {
    number += 1
    if (number === 1) return
    const where = `${file}:${number}`
    const wrong =
      record.length !== names.length
        ? `${figure(record.length)} of ${names.length} columns`
        : isMissing(record[columns.indexOf(target)]!)
          ? `"${wanted.target}" is missing`
          : columns
              .map((column, index) => column?.wrong(record[index]!) ?? null)
              .find((said) => said !== null)
    if (wrong) {
      problems.add(where, wrong)
      return
    }
    columns.forEach((column, index) => column?.add(record[index]!))
    const digest = digestNow(record.join('\u001f'))
    fingerprint.add(digest)
    // What rows are compared by in the check-up: their features, and what a regression is to predict of them.
    const compared = record.filter(
      (_, index) => columns[index] && (columns[index] !== target || wanted.task === 'regress'),
    )
    const [at, short] = [position(digest), shortDigest(digestNow(compared.join('\u001f')))]
    rows.push({ classIndex: 0, position: at, split: null, digest: short })
    pace.report(rows.length, 0, 'Reading rows')
  }
  for await (const record of records) {
    await pace.rest()
    if (target) take(record)
    else if (first.push(record) === sampleRows) {
      begin()
      first.forEach(take)
    }
  }
  if (!target) {
    begin()
    first.forEach(take)
  }
  if (rows.length === 0)
    refuse(
      'nothing-readable',
      `${basename(file)} has no row that can be used${problems.listed[0] ? `: ${problems.listed[0].reason}` : ''}.`,
      'Check the column to predict.',
    )
  const predicted = target as unknown as Cells
  const classNames = wanted.task === 'classify' ? classify(predicted, rows) : []
  const features = columns.filter((column) => column !== null && column !== predicted) as Cells[]
  return {
    task: wanted.task,
    classNames,
    rows,
    fingerprint: fingerprint.hex(),
    problems,
    encoder: (order) =>
      Promise.resolve(encoderOf(features, predicted, wanted.task, rows.length, order, constant)),
  }
}

/** Numbers the classes naturally. @throws UserError `data/too-many-classes` */
function classify({ name, texts, values }: Cells, rows: Row[]): string[] {
  if (texts.length > mostClasses || (texts.length > 2 && texts.length > rows.length / 2))
    refuse(
      'too-many-classes',
      `"${name}" has ${count(texts.length, 'different value')} in ${count(rows.length, 'row')}: too many to be classes.`,
      'Predict it as a number, or choose another column.',
    )
  const classNames = texts.toSorted(naturalOrder)
  const numbers = texts.map((text) => classNames.indexOf(text))
  rows.forEach((row, index) => (row.classIndex = numbers[values[index]!]!))
  return classNames
}

function encoderOf(
  cells: readonly Cells[],
  target: Cells,
  task: 'classify' | 'regress',
  rows: number,
  order: Order,
  constant: readonly string[],
): Encoder {
  const made = cells.map((column) => ({ column, feature: featureOf(column, order.train) }))
  const features = made.flatMap(({ feature }) => feature ?? [])
  const width = features.reduce((sum, feature) => sum + feature.width, 0)
  if (width === 0)
    refuse(
      'table-features',
      'No column of the training rows varies, so there is nothing to learn from.',
      'Add rows, or choose other columns.',
    )
  const targets: Dataset['targets'] = []
  if (task === 'regress') {
    const { mean, std } = moments(target.values, order.train)
    if (!(std > 0))
      refuse(
        'table-target',
        `"${target.name}" is always ${mean} in the training rows.`,
        'Choose another column to predict.',
      )
    targets.push({ name: target.name, mean, std })
  }
  const shown = (row: number): string =>
    `${cells.map((column) => `${column.name} ${column.show(row)}`).join(' · ')} → ${target.show(row)}`
  function* encode(wanted: readonly number[]): Generator<Encoded> {
    for (const row of wanted) {
      const values = new Float32Array(width)
      let at = 0
      for (const feature of features) {
        feature.write(row, values, at)
        at += feature.width
      }
      const [predicted] = targets
      yield {
        row,
        input: new Uint8Array(values.buffer),
        ...(predicted && {
          targets: Float32Array.of((target.values[row]! - predicted.mean) / predicted.std),
        }),
        item: shown(row),
        problem: null,
      }
    }
  }
  return {
    sampleShape: [width],
    storedDtype: 'float32',
    bytes: 4 * width * rows,

    async *encode(wanted) {
      yield* encode(wanted)
    },
    note: 'Encoding rows',
    sizes: new Map(),
    columns: features.map(({ column }) => column),
    constantColumns: [
      ...constant,
      ...made.filter(({ feature }) => !feature).map(({ column }) => column.name),
    ],
    targets,
    vocabulary: null,
    notes: () => [
      `${count(width, 'feature')} of ${count(features.length, 'column')}.`,
      ...made
        .filter(({ feature }) => !feature)
        .map(({ column }) => `"${column.name}" is left out: always the same in training.`),
      ...features.flatMap(({ note }) => note ?? []),
    ],
  }
}

export const table: Source = { inspect, scan }
