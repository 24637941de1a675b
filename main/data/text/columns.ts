/** Which column of a table holds the label and which the text. */
import { refuse } from '../refuse.ts'

const labelNames = new Set([
  'label',
  'labels',
  'class',
  'category',
  'target',
  'sentiment',
  'topic',
  'intent',
  'y',
  'v1',
])
const textNames = new Set([
  'text',
  'texts',
  'message',
  'review',
  'sentence',
  'content',
  'body',
  'document',
  'tweet',
  'comment',
  'x',
  'v2',
])

export interface Columns {
  label: number
  text: number
  /** Columns per row, in most rows. */
  width: number
  header: boolean
  reason: string
}

/** Whether a header names a label and a text, as in tables of texts. */
export const namesText = (header: readonly string[]): boolean => {
  const names = header.map((cell) => cell.trim().toLowerCase())
  return names.some((name) => labelNames.has(name)) && names.some((name) => textNames.has(name))
}

/**
 * By the names in the first row where there are such names; otherwise the longest column is the text
 * and, of the others, the one with the fewest different values (at least two) is the label.
 * @param records the first rows of the table
 * @throws UserError `data/table-columns`
 */
export function findColumns(records: readonly string[][], name: string): Columns {
  const widths = new Map<number, number>()
  for (const record of records) widths.set(record.length, (widths.get(record.length) ?? 0) + 1)
  const width = [...widths].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0
  if (width < 2)
    refuse(
      'table-columns',
      `${name} has one column in most rows, expected a label and a text.`,
      'Use a tab in a .tsv or a comma in a .csv between label and text.',
    )
  const names = records[0]!.map((cell) => cell.trim().toLowerCase())
  const label = names.findIndex((cell) => labelNames.has(cell))
  const text = names.findIndex((cell) => textNames.has(cell))
  if (label >= 0 && text >= 0)
    return {
      label,
      text,
      width,
      header: true,
      reason: `The first row names the columns "${names[label]}" and "${names[text]}".`,
    }
  const body = records.filter((record) => record.length >= width)
  const columns = Array.from({ length: width }, (_, index) => ({
    index,
    length: body.reduce((sum, record) => sum + record[index]!.length, 0),
    distinct: new Set(body.map((record) => record[index])).size,
  }))
  const longest = columns.reduce((best, column) => (column.length > best.length ? column : best))
  const rest = columns.filter((column) => column !== longest)
  const varied = rest.filter((column) => column.distinct > 1)
  const fewest = (varied.length > 0 ? varied : rest).reduce((best, column) =>
    column.distinct < best.distinct ? column : best,
  )
  return {
    label: fewest.index,
    text: longest.index,
    width,
    header: false,
    reason: `Column ${fewest.index + 1} has the fewest values and is the label, column ${longest.index + 1} is the longest and is the text.`,
  }
}
