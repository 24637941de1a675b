/** A line chart as SVG: what a report shows of a metric. Pure; stands alone, without a style sheet or a script. */
import type { Bucket } from '../../common/schemas.ts'

export interface ChartLine {
  runId: number
  name: string
  /** Every extreme is in a bucket, so that a spike of one step is drawn. */
  buckets: readonly Bucket[]
}

/** Of the light page: run, colour and dash go together as they do there. */
const colours = ['#1f86c4', '#b57a00', '#00805d', '#b0568a', '#c25500', '#005a8c', '#847a00']
const dashes = ['', '7 4', '2 3', '9 3 2 3']

const width = 760
const margin = { top: 30, right: 16, bottom: 36, left: 62 }
const plot = { width: width - margin.left - margin.right, height: 250 }
const legendLine = 18

type Domain = readonly [low: number, high: number]

/** @param title of the vertical axis: the metric's name */
export function lineChart(title: string, lines: readonly ChartLine[]): string {
  const steps = domainOf(lines.flatMap(({ buckets }) => buckets.flatMap((b) => [b.step, b.lastStep])))
  const values = domainOf(lines.flatMap(({ buckets }) => buckets.flatMap((b) => [b.min, b.max])))
  const log = values[0] > 0 && values[1] / values[0] > 100
  const of = (value: number): number => (log ? Math.log10(value) : value)
  const x = scale(steps, [0, plot.width])
  const y = scale([of(values[0]), of(values[1])], [plot.height, 0])
  const ticks = (log ? logTicks(values) : niceTicks(values)).map((value) => ({ value, at: y(of(value)) }))
  const height = margin.top + plot.height + margin.bottom + lines.length * legendLine + 6
  const parts = [
    ...ticks.map(({ at }) => `<path d="M0 ${px(at)}H${plot.width}" stroke="#e3e5e8"/>`),
    ...ticks.map(
      ({ value, at }) => `<text x="-8" y="${px(at + 4)}" text-anchor="end">${escape(figure(value))}</text>`,
    ),
    ...niceTicks(steps, true).map(
      (value) =>
        `<text x="${px(x(value))}" y="${plot.height + 18}" text-anchor="middle">${value.toLocaleString('en-US')}</text>`,
    ),
    `<path d="M0 0V${plot.height}H${plot.width}" stroke="#9aa0a6" fill="none"/>`,
    `<text x="${plot.width}" y="${plot.height + 32}" text-anchor="end">step</text>`,
    ...lines.map((line) => drawn(line, x, (value) => y(of(value)))),
    ...lines.map((line, i) => legend(line, margin.bottom + plot.height + 8 + i * legendLine)),
  ]
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `font-family="system-ui, sans-serif" font-size="12" fill="#3c4043" role="img" aria-label="${escape(title)}">` +
    `<rect width="${width}" height="${height}" fill="#ffffff"/>` +
    `<text x="${margin.left}" y="18" font-weight="600">${escape(title)}${log ? ' (log)' : ''}</text>` +
    `<g transform="translate(${margin.left} ${margin.top})">${parts.join('')}</g></svg>\n`
  )
}

const colourOf = (runId: number): string => colours[(((runId - 1) % 7) + 7) % 7]!
const dashOf = (runId: number): string => dashes[(((runId - 1) % 4) + 4) % 4]!
const strokeOf = (runId: number): string => {
  const dash = dashOf(runId)
  return `stroke="${colourOf(runId)}"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}`
}

/** The mean of each bucket, and where a bucket holds more than one point the span from its lowest to its highest. */
function drawn({ runId, buckets }: ChartLine, x: (v: number) => number, y: (v: number) => number): string {
  const at = (bucket: Bucket): string => px(x((bucket.step + bucket.lastStep) / 2))
  const spans = buckets
    .filter(({ min, max }) => min < max)
    .map((b) => `M${at(b)} ${px(y(b.min))}V${px(y(b.max))}`)
  const points = buckets.map((bucket) => `${at(bucket)} ${px(y(bucket.mean))}`)
  const [only] = buckets
  if (only && buckets.length === 1)
    return `<circle cx="${at(only)}" cy="${px(y(only.mean))}" r="3" fill="${colourOf(runId)}"/>`
  return (
    (spans.length > 0
      ? `<path d="${spans.join('')}" stroke="${colourOf(runId)}" stroke-opacity="0.3"/>`
      : '') +
    `<path d="M${points.join('L')}" fill="none" stroke-width="1.6" stroke-linejoin="round" ${strokeOf(runId)}/>`
  )
}

function legend({ runId, name }: ChartLine, at: number): string {
  return (
    `<path d="M0 ${at - 4}H26" stroke-width="1.8" ${strokeOf(runId)}/>` +
    `<text x="34" y="${at}">${escape(`${runId} · ${name}`.slice(0, 100))}</text>`
  )
}

function domainOf(values: readonly number[]): Domain {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low < high) return [low, high]
  return low === Infinity ? [0, 1] : [low - (Math.abs(low) || 1) / 10, high + (Math.abs(high) || 1) / 10]
}

const scale =
  ([low, high]: Domain, [from, to]: Domain) =>
  (value: number): number =>
    from + ((value - low) / (high - low)) * (to - from)

/** Multiples of 1, 2 or 5 in between, about five. */
function niceTicks([low, high]: Domain, whole = false): number[] {
  const rough = (high - low) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const fine = power * ([1, 2, 5].find((nice) => nice * power >= rough) ?? 10)
  const step = whole ? Math.max(1, Math.round(fine)) : fine
  const ticks: number[] = []
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(Number((i * step).toPrecision(12)))
  return ticks
}

function logTicks([low, high]: Domain): number[] {
  const ticks: number[] = []
  for (let power = Math.ceil(Math.log10(low)); 10 ** power <= high; power++) ticks.push(Number(`1e${power}`))
  return ticks
}

const figure = (value: number): string =>
  value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)
    ? value.toExponential().replace('e+', 'e')
    : String(Number(value.toPrecision(6)))
const px = (value: number): string => String(Math.round(value * 10) / 10)
const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** XML has no control characters but tab and line ends. */
const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character]!).replace(/[\p{Cc}\p{Cn}]/gu, ' ')
