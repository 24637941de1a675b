/** Whether the first row of a list or table names its columns: changing it renames what was chosen. Pure. */
import type { Glimpse } from '../../../main/common/data/guess.ts'
import type { ImportOptions } from '../../../main/common/data/options.ts'

/** The options with the first row taken for names or for a sample; every chosen column keeps its place. */
export function withHeader(
  options: ImportOptions,
  header: boolean,
  { columns: known, rows }: Pick<Glimpse, 'columns' | 'rows'>,
): ImportOptions {
  const was = known.map(({ name }) => name)
  const now = was.map((_, index) => (header && rows[0]?.[index]?.trim()) || `column ${index + 1}`)
  const renamed = (name: string): string => now[was.indexOf(name)] ?? name
  const { columns, table, split } = options
  return {
    ...options,
    columns: columns && { header, input: renamed(columns.input), label: renamed(columns.label) },
    table: table && {
      ...table,
      header,
      target: renamed(table.target),
      leaveOut: table.leaveOut.map(renamed),
      kinds: Object.fromEntries(Object.entries(table.kinds).map(([name, kind]) => [renamed(name), kind])),
    },
    split: { ...split, groupColumn: split.groupColumn === null ? null : renamed(split.groupColumn) },
  }
}
