/** Which columns of a table hold the text, its label, the side of the split, and the group. */
import type { ImportOptions } from '../../common/data/options.ts'
import { partNamed } from '../partWords.ts'
import type { Records } from '../records/index.ts'
import { refuse, someOf } from '../refuse.ts'

const labelNames = new Set('label labels class category target sentiment topic intent y v1'.split(' '))
const textNames = new Set(
  'text texts message review sentence content body document tweet comment x v2'.split(' '),
)
const splitNames = new Set(['split', 'set', 'partition', 'subset'])

export interface Columns {
  label: number
  text: number
  /** The column that says train, validation or test; null where none does. */
  split: number | null
  group: number | null
  reasons: string[]
}

type Table = Pick<Records, 'columns' | 'header' | 'sample'>
type Chosen = Pick<ImportOptions, 'columns' | 'split'>

const lowered = (names: readonly string[]): string[] => names.map((name) => name.trim().toLowerCase())

/** Whether a header names a label and a text, as in tables of texts. */
export function namesText(header: readonly string[]): boolean {
  const names = lowered(header)
  return names.some((name) => labelNames.has(name)) && names.some((name) => textNames.has(name))
}

/**
 * As a person chose; otherwise by usual names, and without such names the longest column is the text and, of the
 * others, the one with the fewest different values (at least two) is the label.
 * @param chosen null to guess everything
 * @throws UserError `data/table-columns`, `data/no-column`
 */
export function findColumns(table: Table, chosen: Chosen | null, file: string): Columns {
  const { columns, header, sample } = table
  const at = (name: string): number => {
    const index = columns.indexOf(name)
    if (index < 0)
      refuse(
        'no-column',
        `${file} has no column "${name}"; it has ${someOf(columns, 8)}.`,
        'Choose one of them, or change whether the first row names the columns.',
      )
    return index
  }
  if (columns.length < 2)
    refuse(
      'table-columns',
      `${file} has one column in most rows, expected a label and a text.`,
      'Use a tab in a .tsv or a comma in a .csv between label and text.',
    )
  const splitAt = header ? columns.findIndex((name, index) => isSplit(name, sample, index)) : -1
  const split = splitAt < 0 ? null : splitAt
  const groupName = chosen?.split.by === 'group' ? chosen.split.groupColumn : null
  const group = groupName === null ? null : at(groupName)
  const rest = columns.map((_, index) => index).filter((index) => index !== split)
  const reasons =
    split === null ? [] : [`Column "${columns[split]!}" says which rows train, validate and test.`]
  if (chosen?.columns) {
    const [label, text] = [at(chosen.columns.label), at(chosen.columns.input)]
    if (label === text)
      refuse('table-columns', `"${columns[label]!}" is both the text and the label.`, 'Choose two columns.')
    return { label, text, split: split === label || split === text ? null : split, group, reasons }
  }
  return {
    ...guessed(table, rest, file),
    split,
    group,
    reasons: [...reasons, ...guessed(table, rest, file).reasons],
  }
}

function guessed(
  { columns, header, sample }: Table,
  rest: readonly number[],
  file: string,
): Pick<Columns, 'label' | 'text' | 'reasons'> {
  if (rest.length < 2)
    refuse(
      'table-columns',
      `${file} has no column for both a label and a text: ${someOf(columns)}.`,
      'Choose another file, or another kind of data.',
    )
  const names = lowered(columns)
  const label = header ? rest.find((index) => labelNames.has(names[index]!)) : undefined
  const text = header ? rest.find((index) => textNames.has(names[index]!)) : undefined
  if (label !== undefined && text !== undefined)
    return {
      label,
      text,
      reasons: [`Column "${columns[text]!}" is the text, "${columns[label]!}" its label, by their names.`],
    }
  const looks = rest.map((index) => ({
    index,
    length: sample.reduce((sum, row) => sum + (row[index]?.length ?? 0), 0),
    distinct: new Set(sample.map((row) => row[index])).size,
  }))
  const longest =
    looks.find(({ index }) => index === text) ??
    looks
      .filter(({ index }) => index !== label)
      .reduce((best, column) => (column.length > best.length ? column : best))
  const others = looks.filter((column) => column !== longest)
  const varied = others.filter((column) => column.distinct > 1)
  const fewest =
    others.find(({ index }) => index === label) ??
    (varied.length > 0 ? varied : others).reduce((best, column) =>
      column.distinct < best.distinct ? column : best,
    )
  const called = (index: number): string => (header ? `Column "${columns[index]!}"` : `Column ${index + 1}`)
  return {
    label: fewest.index,
    text: longest.index,
    reasons: [
      `${called(fewest.index)} has the fewest values and is the label, ${called(longest.index).toLowerCase()} is the longest and is the text.`,
    ],
  }
}

/** A column with such a name in which nearly every row says a side, and some say train. */
function isSplit(name: string, sample: Table['sample'], index: number): boolean {
  if (!splitNames.has(name.trim().toLowerCase()) || sample.length === 0) return false
  const sides = sample.map((row) => splitOf(row[index] ?? ''))
  return sides.filter((side) => side !== null).length >= 0.9 * sides.length && sides.includes('train')
}

export const splitOf = partNamed
