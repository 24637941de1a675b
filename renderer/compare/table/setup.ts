/** Changes to columns and grouping that several menus make. */
import type { Column } from '../../../main/common/views/schemas.ts'
import { directionOf } from '../../../main/common/filter/fields/index.ts'
import { changeView, useView } from './view.ts'

/** @param columns as they stand now: the usual ones where a person had chosen none */
export const setWidth = (columns: readonly Column[], field: string, width: number | null): void =>
  changeView({ columns: columns.map((one) => (one.field === field ? { field, width } : one)) })

/** To the place of another: before it from the right, behind it from the left. */
export function moveColumn(columns: readonly Column[], field: string, to: string): void {
  const [from, target] = [field, to].map((name) => columns.findIndex((one) => one.field === name))
  const column = from === undefined ? undefined : columns[from]
  if (!column || from === undefined || target === undefined || target < 0 || target === from) return
  changeView({ columns: columns.toSpliced(from, 1).toSpliced(target, 0, column) })
}

export const hideColumn = (columns: readonly Column[], field: string): void =>
  changeView({ columns: columns.filter((one) => one.field !== field) })

export const addColumn = (columns: readonly Column[], field: string): void =>
  changeView({
    columns: [...columns.filter((one) => one.field !== field), { field, width: null }],
  })

/** Once more takes it away. */
export function groupBy(field: string): void {
  const { groupBy: fields } = useView.getState().view
  changeView({
    groupBy: fields.includes(field) ? fields.filter((one) => one !== field) : [...fields, field].slice(-5),
  })
}

/** Which end of a metric is the better one. */
export function turnDirection(metric: string): void {
  const { directions } = useView.getState().view
  const now = directionOf(metric, directions)
  changeView({ directions: { ...directions, [metric]: now === 'min' ? 'max' : 'min' } })
}
