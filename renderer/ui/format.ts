/** Every number that a person reads is written here: SI prefixes, significant digits, durations, rates. */

const minus = '\u2212'

// Made once: making one for each number is what is slow about toLocaleString.
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const clockWithSeconds = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/** Counts, in full with separators: 12,480. */
export const count = (value: number): string => whole.format(value)

/** A count and its noun: "1 image", "397 images". */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** Large counts in short: 950, 1.2 k, 56 k, 25.6 M. Three significant digits at most. */
export function short(value: number): string {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return special(value)
  if (size >= 1e15) return signed(exponential(value, 3))
  const prefixes = ['', 'k', 'M', 'G', 'T']
  let power = size < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(size) / 3))
  // 999,950 rounds to 1,000 k: one prefix up.
  if (power < 4 && Number((size / 1000 ** power).toPrecision(3)) >= 1000) power++
  if (power === 0) return trimmed(value, 3)
  return `${trimmed(value / 1000 ** power, 3)} ${prefixes[power]}`
}

/** Bytes with binary-free SI units: 812 B, 7.8 MB. */
export const bytes = (value: number): string => {
  const text = short(value)
  return text.includes(' ') ? `${text}B` : `${text} B`
}

/** A measured value (loss, norm) with `digits` significant digits; powers of ten outside 1e-4..1e6. */
export function measure(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return special(value)
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size < 1e-4 || size >= 1e6) return signed(exponential(value, digits))
  return signed(size >= 10 ** digits ? String(Math.round(value)) : value.toPrecision(digits))
}

/** A share between 0 and 1 as it is usually quoted, three or four decimals: 0.9731. */
export const share = (value: number): string => (Number.isFinite(value) ? value.toFixed(4) : special(value))

/** A share as percent: 0 %, less than 0.1 %, 2.3 %, 11 %; never 0 % for what does occur. */
export function percent(part: number): string {
  const value = 100 * part
  if (!(value > 0)) return '0 %'
  if (value < 0.1) return 'less than 0.1 %'
  return `${value < 10 ? trimmed(value, 2) : Math.round(value)} %`
}

/** The label of a tick: as few digits as tell neighbouring ticks (`step` apart) from each other. */
export function tickLabel(value: number, step: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 10000) return signed(short(value))
  if (size < 1e-3) return signed(exponential(value, 2))
  let decimals = 0
  while (decimals < 6 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6)
    decimals++
  return signed(value.toFixed(decimals))
}

/** Seconds as time: 35 ms, 0.4 s, 12 s, 2 m 06 s, 1 h 04 m, 3 d 2 h. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–'
  if (seconds > 0 && seconds < 0.1) return milliseconds(seconds * 1000)
  if (seconds < 10) return `${(Math.floor(seconds * 10) / 10).toFixed(1)} s`
  const rounded = Math.round(seconds)
  if (rounded < 60) return `${rounded} s`
  const two = (value: number): string => String(value).padStart(2, '0')
  const minutes = Math.floor(rounded / 60)
  if (minutes < 60) return `${minutes} m ${two(rounded % 60)} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ${two(minutes % 60)} m`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** A short time in milliseconds: 0.42 ms, 12 ms; from a second on as `duration`. */
export const milliseconds = (value: number): string =>
  value >= 1000 ? duration(value / 1000) : `${trimmed(value, 2)} ms`

/** A moment (milliseconds since 1970): the time today, the date before. */
export function moment(time: number, now = Date.now()): string {
  const date = new Date(time)
  const sameDay = new Date(now).toDateString() === date.toDateString()
  return sameDay ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`
}

/** A tick on an axis of moments, in seconds since 1970, `step` seconds from the next: the time, or the day at midnight. */
export function clockLabel(seconds: number, step: number): string {
  const date = new Date(seconds * 1000)
  if (step >= 86_400 || (date.getHours() === 0 && date.getMinutes() === 0 && step >= 60))
    return dayAndMonth.format(date)
  return step < 60 ? clockWithSeconds.format(date) : clock.format(date)
}

/** `[1, 28, 28]` as `28 × 28 grey`; anything that is no image as `a × b`. */
export function sampleSize(shape: readonly (number | string)[]): string {
  const [channels, height, width] = shape
  if (shape.length === 3 && (channels === 1 || channels === 3))
    return `${width} × ${height} ${channels === 1 ? 'grey' : 'colour'}`
  return shape.length === 1
    ? typeof shape[0] === 'string'
      ? 'any length'
      : counted(shape[0] ?? 0, 'feature')
    : shape.join(' × ')
}

const special = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : value < 0 ? `${minus}∞` : String(value)

const signed = (text: string): string => text.replace(/^-/, minus)

const exponential = (value: number, digits: number): string =>
  value
    .toExponential(Math.max(0, digits - 1))
    .replace(/\.?0+e/, 'e')
    .replace('e+', 'e')

const trimmed = (value: number, digits: number): string => String(Number(value.toPrecision(digits)))

/** A text with its long decimals to six digits, 0.10323056085 as 0.103231; for rows of tables, whose title has all of them. */
export const withShortDecimals = (text: string): string =>
  text.replaceAll(/(?<![\w.])-?(\d+)\.\d{6,}(?:e[+-]?\d+)?(?![\w.])/gi, (number, whole: string) =>
    String(Number(Number(number).toPrecision(Math.min(21, Math.max(6, whole.length))))),
  )
