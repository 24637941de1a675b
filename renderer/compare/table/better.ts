/** Which end of a column a person looks for first. */
import { isNumeric, type Field } from '../../../main/common/filter/fields/index.ts'

/** Whether the first click on its head puts the highest on top: of a metric the better end, of counts the newest or largest. */
export function betterFirst(field: Field): boolean {
  if (field.group === 'metric') return !field.help.includes('lower is better')
  return isNumeric(field) && field.group === 'run'
}
