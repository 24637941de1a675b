/**
 * Between what is typed and what a document holds. Text that is no value of the field is kept as text: the document
 * holds it, so the node can say what is wrong with it, and undo brings it back.
 */
import type { Parameter } from '../../main/common/document.ts'
import type { Field } from '../../main/common/layer.ts'

/** A field that is typed into, as against ticked or chosen. */
export type TypedField = Exclude<Field, { type: 'boolean' | 'choice' }>

export function formatParameter(value: Parameter | undefined): string {
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? value.join(' x ') : String(value)
}

export function parseParameter(field: TypedField, text: string): Parameter {
  const trimmed = text.trim()
  if (trimmed === '') return field.type === 'optional-integer' || field.type === 'shape' ? null : ''
  if (field.type === 'text') return text
  if (!isList(field)) return parseNumber(trimmed) ?? trimmed
  const sizes = trimmed.split(/\s*[x×,*]\s*|\s+/i).map(parseNumber)
  if (!sizes.every((size) => size !== null)) return trimmed
  return field.type === 'sizes' && sizes.length === 1 ? (sizes[0] ?? trimmed) : sizes
}

/** Whether a field holds several numbers, written `3 x 5`. */
const isList = (field: TypedField): field is Extract<TypedField, { type: 'shape' | 'sizes' | 'integers' }> =>
  field.type === 'shape' || field.type === 'sizes' || field.type === 'integers'

/** A finite decimal number; null for anything else (`Number` alone takes '', '0x10' and 'Infinity'). */
function parseNumber(text: string): number | null {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return null
  const value = Number(text)
  return Number.isFinite(value) ? value : null
}

/** The value one press of an arrow key away, kept inside the field's range. */
export function stepParameter(
  field: TypedField,
  value: Parameter | undefined,
  by: 1 | -1,
  large: boolean,
): Parameter {
  if (isList(field) && field.type !== 'sizes') return value ?? null
  if (field.type === 'text' || typeof value !== 'number') return value ?? null
  const step = (field.type === 'number' ? field.step : 1) * (large ? 10 : 1)
  const next = Math.min(field.maximum, Math.max(field.minimum, value + by * step))
  // 0.30000000000000004 is not what anybody meant by one step from 0.25.
  return Number(next.toPrecision(10))
}
