/** How values are written in the table. Pure. */
import type { Field, FieldValue } from '../../../main/common/filter/fields/index.ts'
import { setting } from '../../../main/common/settings.ts'
import { count, duration, measure, moment, share, short } from '../../ui/format.ts'
import type { Aggregate } from './aggregate.ts'

/** Counts up to here are written in full. */
const inFull = new Set(['run', 'sweep', 'parent'])

export function cellText(field: Field, value: FieldValue): string {
  if (value === null) return field.kind === 'text' ? '' : '–'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'object') return value.join(', ')
  if (typeof value === 'string') return value
  switch (field.kind) {
    case 'share':
      return share(value)
    case 'seconds':
      return duration(value)
    case 'moment':
      return moment(value)
    case 'count':
      return inFull.has(field.name)
        ? String(value)
        : value < 10_000 && Number.isInteger(value)
          ? count(value)
          : short(value)
    case 'setting':
      return setting(value)
    default:
      return measure(value)
  }
}

/** The whole value, where a cell shows less. */
export function fullText(field: Field, value: FieldValue): string {
  if (typeof value !== 'number') return cellText(field, value)
  return field.kind === 'moment' ? new Date(value).toLocaleString('en-GB') : String(value)
}

/** A mean with its spread, to two digits of that: 0.806 ± 0.011. */
export function spreadText(field: Field, { mean, deviation, count: n, same, distinct }: Aggregate): string {
  if (same !== null) return cellText(field, same)
  // What a person wrote about each is not told in a number.
  if (field.kind === 'tags' || field.name === 'note') return ''
  if (n === 0) return '–'
  if (Number.isNaN(mean)) return `${distinct} values`
  if (field.kind === 'moment' || field.kind === 'setting' || field.group === 'setting')
    return `${distinct} values`
  if (Number.isNaN(deviation) || field.kind === 'count' || field.kind === 'seconds')
    return cellText(field, mean)
  const decimals = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(deviation))))
  const whole = Math.abs(mean) < 1e-4 || Math.abs(mean) >= 1e6 || decimals === 6
  if (whole) return `${measure(mean, 3)} ± ${measure(deviation, 2)}`
  return `${mean.toFixed(decimals)} ± ${deviation.toFixed(decimals)}`.replaceAll('-', '\u2212')
}
