/** Which column of a table is for what, by the options and by a look at its first rows. */
import { basename } from 'node:path'
import type { ImportOptions } from '../../common/data/options.ts'
import type { Records } from '../records/index.ts'
import { count, refuse, someOf } from '../refuse.ts'
import type { Fitted } from '../single/preparation.ts'
import { splitOf } from '../text/columns.ts'
import { Cells } from './cells.ts'
import { lookAt, type ColumnLook } from './columns.ts'

export type TableOptions = NonNullable<ImportOptions['table']>

export interface Plan {
  columns: string[]
  /** By column; null where it is no feature and not the target. */
  cells: (Cells | null)[]
  target: Cells
  targetAt: number
  /** Column that says which rows train; -1 for none. */
  splitAt: number
  /** Column by which rows stay together; -1 for none. */
  groupAt: number
  /** Columns that are left out because they never change. */
  constant: string[]
}

export const looksOf = ({
  columns,
  sample,
  header,
}: Pick<Records, 'columns' | 'sample' | 'header'>): ColumnLook[] =>
  columns.map((name, index) =>
    lookAt(
      name,
      sample.map((cells) => cells[index] ?? null),
      header,
    ),
  )

const splitNames = new Set(['split', 'set', 'partition', 'subset'])

/** The column that says which rows train, by its name and by what is in it; -1 for none. */
export function splitColumn({ columns, sample }: Pick<Records, 'columns' | 'sample'>): number {
  return columns.findIndex((name, index) => {
    if (!splitNames.has(name.toLowerCase()) || sample.length === 0) return false
    const sides = sample.map((cells) => splitOf(cells[index] ?? ''))
    return sides.every((side) => side !== null) && sides.includes('train')
  })
}

/** @throws UserError `data/table-target`, `data/table-features`, `data/table-group` */
export function planOf(
  path: string,
  records: Records,
  wanted: TableOptions,
  split: ImportOptions['split'],
): Plan {
  const { columns } = records
  const file = basename(path)
  const find = (name: string, code: string, what: string): number => {
    const at = columns.indexOf(name)
    if (at < 0)
      refuse(
        code,
        `${file} has no column "${name}"; it has ${someOf(columns, 8)}.`,
        `Choose one of them ${what}.`,
      )
    return at
  }
  const targetAt = find(wanted.target, 'table-target', 'to predict')
  const groupAt =
    split.by === 'group' && split.groupColumn !== null
      ? find(split.groupColumn, 'table-group', 'by which rows stay together')
      : -1
  const splitAt = splitColumn(records)
  const left = new Set(wanted.leaveOut)
  const looks = looksOf(records)
  const constant: string[] = []
  const cells = columns.map((name, index) => {
    if (index === targetAt) return new Cells(name, wanted.task === 'regress' ? 'number' : 'category')
    // Whole groups are held out, so what a model learns of one says nothing of another.
    if (left.has(name) || index === groupAt || index === splitAt) return null
    const look = looks[index]!
    const kind = wanted.kinds[name]
    if (look.distinct === 0 && !kind) {
      constant.push(name)
      return null
    }
    return new Cells(name, kind ?? (look.numeric ? 'number' : 'category'))
  })
  if (cells.filter((column) => column !== null).length < 2)
    refuse(
      'table-features',
      `${file} has no column left to predict "${wanted.target}" from.`,
      'Leave fewer columns out.',
    )
  return { columns, cells, target: cells[targetAt]!, targetAt, splitAt, groupAt, constant }
}

/** The columns of a training, found by name in another table. @throws UserError `data/table-target`, `data/table-features` */
export function planAs(
  path: string,
  records: Records,
  { target, task }: TableOptions,
  { preparation }: Fitted,
): Plan {
  const { columns } = records
  const features = preparation.columns ?? []
  const file = basename(path)
  const missing = features.flatMap(({ name }) => (columns.includes(name) ? [] : [`"${name}"`]))
  if (missing.length > 0)
    refuse(
      'table-features',
      `${file} lacks ${count(missing.length, 'column')} of the training: ${someOf(missing, 8)}; it has ${someOf(columns, 8)}.`,
      'Name its columns as in training, or add those that are missing, empty where nothing is known.',
    )
  const targetAt = columns.indexOf(target)
  if (targetAt < 0)
    refuse(
      'table-target',
      `${file} has no column "${target}", which is predicted; it has ${someOf(columns, 8)}.`,
      'Add it, or predict the file instead: that needs no truth.',
    )
  const cells = columns.map((name, index) => {
    if (index === targetAt) return new Cells(name, task === 'regress' ? 'number' : 'category')
    const feature = features.find((one) => one.name === name)
    return feature ? new Cells(name, feature.kind) : null
  })
  const splitAt = splitColumn(records)
  return { columns, cells, target: cells[targetAt]!, targetAt, splitAt, groupAt: -1, constant: [] }
}
