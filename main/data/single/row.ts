import { measured } from '../../common/settings.ts'
import { refuse } from '../refuse.ts'
import type { Column, NumberColumn } from '../table/columns.ts'
import { isMissing } from '../table/columns.ts'
import { prepareRow, widthOf } from '../table/features.ts'
import type { SingleSample } from './index.ts'

/** @throws UserError `data/cell` where a number is expected, `data/column` of a column it does not know */
export function rowSample(
  cells: Readonly<Record<string, string | null>>,
  columns: readonly Column[],
): SingleSample {
  const names = columns.map(({ name }) => name)
  const stranger = Object.keys(cells).find((name) => !names.includes(name))
  if (stranger !== undefined)
    refuse('column', `There is no column "${stranger.slice(0, 40)}".`, `Its columns are ${names.join(', ')}.`)
  const values = prepareRow(cells, columns)
  const notes = columns.flatMap((column) => {
    const cell = Object.hasOwn(cells, column.name) ? (cells[column.name] ?? null) : null
    if (isMissing(cell)) return [`${column.name} is missing`]
    if (column.kind === 'number') return farNote(column, Number(cell))
    if (!column.categories.includes(cell!.trim()))
      return [`${column.name} "${cell!.trim().slice(0, 40)}" did not occur in training`]
    return []
  })
  return {
    values,
    shape: [values.length],
    seen: { kind: 'row', columns: names, notes },
    columns: placesOfColumns(columns),
  }
}

/** Standard deviations from the mean of training beyond which a number is told to be unlike all of training. */
const far = 10

function farNote({ name, mean, std }: NumberColumn, value: number): string[] {
  if (Math.abs(value - mean) <= far * std) return []
  return [`${name} is far from its mean in training, ${measured(mean)} ± ${measured(std)}`]
}

/** Which features each column became. */
export function placesOfColumns(columns: readonly Column[]): number[][] {
  let at = 0
  return columns.map((column) => Array.from({ length: widthOf(column) }, () => at++))
}
