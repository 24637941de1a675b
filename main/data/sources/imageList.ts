/** Images that a table names, with their labels: a CSV or TSV of paths, and JSON lines and Parquet too. */
import { basename, dirname, extname } from 'node:path'
import { plainOptions } from '../../common/data/options.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import type { Reading } from '../../common/data/guess.ts'
import type { Split } from '../../common/data/dataset.ts'
import { look, naturalOrder } from '../files.ts'
import { partNamed } from '../partWords.ts'
import { baseOf, chosenColumns, guessColumns, openList, resolveIn } from '../images/list.ts'
import type { ListColumns } from '../images/list.ts'
import { scanImages } from '../images/rows.ts'
import { suggestSize } from '../images/suggest.ts'
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'
import { Problems } from '../problems.ts'
import { recordsFormat } from '../records/index.ts'
import type { Records } from '../records/index.ts'
import { count, refuse } from '../refuse.ts'
import type { Fitted } from '../single/preparation.ts'
import type { Scan, Source } from './source.ts'

const inspectBytes = 4 << 20
const mostClasses = 1000
/** With more columns it is rather a table that also names a file. */
const mostColumnsOfList = 3

interface Item {
  path: string
  item: string
  className: string
  part: Split | null
}

async function inspect(path: string): Promise<Reading | null> {
  if ((await look(path)).isDirectory() || recordsFormat(path) === null) return null
  const records = await openList(path, null, inspectBytes)
  const columns = guessColumns(records)
  if (!columns) return null
  const found = await baseOf(path, records, columns.input)
  if (!found) {
    if (records.columns.length > mostColumnsOfList) return null
    const first = records.sample.find((row) => row[columns.input])?.[columns.input] ?? ''
    refuse(
      'list-missing',
      `${basename(path)} names images, but none of the first is there; the first is ${resolveIn(dirname(path), first)}.`,
      'Put the list into the folder that its paths begin in.',
    )
  }
  const pace = createPace()
  const items: Item[] = []
  const problems = new Problems()
  for await (const item of itemsOf(path, records, columns, found.base, problems)) {
    await pace.rest()
    items.push(item)
  }
  const counts = new Map<string, number>()
  for (const { className } of items) counts.set(className, (counts.get(className) ?? 0) + 1)
  const { size, reasons } = await suggestSize(items.map((item) => item.path))
  const { said, given } = partsOf(items)
  const [input, label] = [records.columns[columns.input]!, records.columns[columns.label]!]
  return {
    path,
    task: 'classify',
    columns: records.columns,
    headerRow: records.format === 'delimited',
    options: {
      ...plainOptions,
      kind: 'image-list',
      name: basename(path, extname(path)).slice(0, 120) || 'Images',
      image: size,
      columns: { header: records.header, input, label },
    },
    reasons: [
      `${basename(path)} names images in its column "${input}", and their classes in "${label}".`,
      ...records.reasons,
      ...found.reasons,
      ...said,
      ...(records.exact ? [] : [`It is large: counted in its first ${inspectBytes >> 20} MB only.`]),
      ...reasons,
    ],
    classes: [...counts]
      .map(([name, times]) => ({ name, count: times }))
      .sort((a, b) => naturalOrder(a.name, b.name)),
    sampleCount: records.exact ? items.length : records.approximateRows,
    givenSplit: given,
  }
}

async function scan(path: string, options: ImportOptions, pace: Pace, fitted: Fitted | null): Promise<Scan> {
  const records = await openList(path, options.columns?.header ?? null)
  const columns = options.columns ? chosenColumns(records, options.columns) : guessColumns(records)
  if (!columns)
    refuse(
      'list-columns',
      `No column of ${basename(path)} names image files, or none has labels for them.`,
      'Choose the column of paths and the column of labels.',
    )
  const base = (await baseOf(path, records, columns.input))?.base ?? dirname(path)
  const problems = new Problems()
  const items: Item[] = []
  for await (const item of itemsOf(path, records, columns, base, problems)) {
    await pace.rest()
    items.push(item)
    pace.report(items.length, 0, 'Reading the list')
  }
  const classNames = [...new Set(items.map((item) => item.className))].sort(naturalOrder)
  if (items.length === 0)
    refuse(
      'nothing-readable',
      `${basename(path)} names no image with a label${problems.listed[0] ? `: ${problems.listed[0].reason}` : ''}.`,
      'Every row needs the path of an image and its label.',
    )
  if (classNames.length > mostClasses)
    refuse(
      'too-many-classes',
      `The column "${records.columns[columns.label]!}" has ${count(classNames.length, 'different value')} in ${count(items.length, 'row')}: too many to be classes.`,
      'Choose the column of the labels.',
    )
  const { of } = partsOf(items)
  const index = new Map(classNames.map((name, at) => [name, at]))
  const files = items.map(({ path: file, item, className, part }) => ({
    path: file,
    item,
    classIndex: index.get(className)!,
    split: of(part),
  }))
  return scanImages('image-list', path, files, classNames, problems, options, pace, fitted)
}

/** What each row names; rows that name nothing are set aside. */
async function* itemsOf(
  list: string,
  records: Records,
  { input, label, split }: ListColumns,
  base: string,
  problems: Problems,
): AsyncGenerator<Item> {
  for await (const { number, cells, problem } of records.rows()) {
    const aside = (reason: string): void => problems.add(`${basename(list)}:${number}`, reason)
    const [file, className] = [cells[input]?.trim(), cells[label]?.trim()]
    const part = split === null ? null : partNamed(cells[split] ?? '')
    if (problem !== null) aside(problem)
    else if (!file) aside('no path')
    else if (!className) aside(`no label for ${file}`)
    else if (split !== null && part === null)
      aside(`its part is "${(cells[split] ?? '').slice(0, 40)}", none of train, val and test`)
    else yield { path: resolveIn(base, file), item: file, className: className.slice(0, 120), part }
  }
}

/** Which parts the rows have; test serves as validation where there is no other, as it does in folders. */
function partsOf(items: readonly Item[]): {
  given: boolean
  of: (part: Split | null) => Split | null
  said: string[]
} {
  const met = new Set(items.map(({ part }) => part))
  if (met.has(null) || met.size === 0) return { given: false, of: () => null, said: [] }
  if (!met.has('train') || met.size === 1)
    return { given: false, of: () => null, said: ['All rows are of one part: some are held out.'] }
  if (met.has('validation'))
    return { given: true, of: (part) => part, said: ['The list says which rows are for what.'] }
  const said = ['The list says which rows are for training; those for the test validate.']
  return { given: true, of: (part) => (part === 'test' ? 'validation' : part), said }
}

export const imageList: Source = { inspect, scan }
