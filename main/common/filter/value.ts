/** Values as people type them in a filter: 1e-3, 5m, 2026-11-01, yes. */
import type { FieldKind } from './fields/index.ts'

const number = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s?([a-zA-Z%]?)$/

const sizes: Record<string, number> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, '%': 0.01 }
const times: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 }

/** Null where the text is no number of this kind. */
export function readNumber(text: string, kind: FieldKind): number | null {
  if (kind === 'moment') return readMoment(text)?.from ?? null
  const [, digits, unit] = number.exec(text) ?? []
  if (digits === undefined || unit === undefined)
    return /^-?(inf|infinity|∞)$/i.test(text) ? infinite(text) : null
  const factor = (kind === 'seconds' ? times : sizes)[unit]
  return factor === undefined ? null : Number(digits) * factor
}

const infinite = (text: string): number => (text.startsWith('-') ? -Infinity : Infinity)

const date = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?$/

/** A day or a minute in the clock of the machine, as `[from, until)` in milliseconds; null where the text is neither. */
export function readMoment(text: string): { from: number; until: number } | null {
  const found = date.exec(text)
  if (!found) return null
  const [year = 0, month = 0, day = 0] = found.slice(1, 4).map(Number)
  const minute = found[4] !== undefined
  const at = (days: number, minutes: number): number =>
    new Date(year, month - 1, day + days, Number(found[4] ?? 0), Number(found[5] ?? 0) + minutes).getTime()
  const back = new Date(at(0, 0))
  if (back.getMonth() !== month - 1 || back.getDate() !== day) return null
  return { from: at(0, 0), until: minute ? at(0, 1) : at(1, 0) }
}

/** Null where the text is neither. */
export function readFlag(text: string): boolean | null {
  if (/^(yes|true|on)$/i.test(text)) return true
  return /^(no|false|off)$/i.test(text) ? false : null
}

export const isNone = (text: string): boolean => text.toLowerCase() === 'none'
