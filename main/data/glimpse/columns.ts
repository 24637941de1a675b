/** The columns of a list or table: names, what they look like, some values. */
import type { Glimpse } from '../../common/data/guess.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import { listFolder, look } from '../files.ts'
import type { Pace } from '../pace.ts'
import { openRecords, recordsFormat } from '../records/index.ts'
import type { Records, RecordsOptions } from '../records/index.ts'
import { isMissing, lookAt } from '../table/columns.ts'
import { findTable } from '../table/find.ts'
import { splitColumn } from '../table/plan.ts'

const shownRows = 12
const examples = 4
/** Cells are cut to this many characters. */
const shownCharacters = 120
/** Enough to guess from; the rest of the file is not read. */
const limits = { bytes: 4 << 20, rows: 1000 }

type Columns = Pick<Glimpse, 'columns' | 'rows'>

export async function glimpseColumns(root: string, options: ImportOptions, pace: Pace): Promise<Columns> {
  // The columns of CIFAR are its two sorts of labels; there is no table.
  const header = options.kind === 'cifar' ? undefined : (options.table?.header ?? options.columns?.header)
  const records = header === undefined ? null : await recordsAt(root, { header, ...limits }, pace)
  if (!records) return { columns: [], rows: [] }
  const { columns: names, sample } = records
  const columns: Columns['columns'] = []
  const splitAt = splitColumn({ columns: names, sample })
  for (const [index, name] of names.entries()) {
    await pace.rest()
    const cells = sample.map((row) => row[index] ?? '')
    const present = cells.filter((cell) => !isMissing(cell))
    const { kind, distinct, reason } = lookAt(name, cells)
    const says = index === splitAt
    columns.push({
      name,
      kind: says ? 'part' : kind,
      distinct,
      reason: says ? 'says which rows train, validate and test' : reason,
      missing: cells.length - present.length,
      examples: [...new Set(present)].slice(0, examples).map(cut),
    })
  }
  return { columns, rows: sample.slice(0, shownRows).map((row) => row.map((cell) => cut(cell ?? ''))) }
}

/** The records at a path: its own, those of arrays, or those of the first file in a folder. */
async function recordsAt(root: string, options: RecordsOptions, pace: Pace): Promise<Records | null> {
  const table = await findTable(root, options, pace)
  if (table) return table.records
  if (!(await look(root)).isDirectory()) return openRecords(root, options)
  const files = await listFolder(root)
  const first = files.find((entry) => !entry.folder && recordsFormat(entry.name) !== null)
  return first ? openRecords(first.path, options) : null
}

const cut = (text: string): string =>
  text.length > shownCharacters ? `${text.slice(0, shownCharacters)}...` : text
