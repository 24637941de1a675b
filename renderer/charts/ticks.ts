/** Where the axes of a chart begin and end, and where their ticks stand. */

export type Domain = readonly [low: number, high: number]

export interface Ticks {
  values: number[]
  /** Distance between neighbours, for the number of digits in a label. */
  step: number
}

const niceSteps = [1, 2, 2.5, 5, 10]
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400]

/** Round numbers inside the domain, about `wanted` of them. `whole`: no fractions (steps, epochs). */
export function linearTicks([low, high]: Domain, wanted: number, whole = false): Ticks {
  const rough = (high - low) / Math.max(1, wanted)
  if (!(rough > 0)) return { values: [low], step: 1 }
  const power = 10 ** Math.floor(Math.log10(rough))
  let step = power * (niceSteps.find((nice) => nice * power >= rough * 0.999) ?? 10)
  if (whole) step = Math.max(1, Math.ceil(step))
  return { values: multiples(low, high, step), step }
}

/** Ticks of an axis in seconds: whole seconds, minutes, hours. */
export function timeTicks(domain: Domain, wanted: number): Ticks {
  const rough = (domain[1] - domain[0]) / Math.max(1, wanted)
  if (rough < 1) return linearTicks(domain, wanted)
  const step = timeSteps.find((nice) => nice >= rough) ?? Math.ceil(rough / 86400) * 86400
  return { values: multiples(domain[0], domain[1], step), step }
}

/** Ticks of an axis of moments, in seconds since 1970: whole minutes, hours, days of the clock on the wall. */
export function clockTicks([low, high]: Domain, wanted: number): Ticks {
  const ahead = -60 * new Date(low * 1000).getTimezoneOffset()
  const { values, step } = timeTicks([low + ahead, high + ahead], wanted)
  return { values: values.map((value) => value - ahead), step }
}

/** Ticks of a logarithmic axis: decades, then 1-2-5, then every digit, as many as fit. */
export function logTicks([low, high]: Domain, wanted: number): Ticks {
  const from = Math.floor(Math.log10(low))
  const to = Math.ceil(Math.log10(high))
  const choices = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]].map((digits) =>
    range(from, to).flatMap((power) =>
      digits.map((d) => Number((d * 10 ** power).toPrecision(3))).filter((v) => v >= low && v <= high),
    ),
  )
  const fitting = choices.find((values) => values.length <= wanted) ?? choices[3] ?? []
  if (fitting.length < 2) return linearTicks([low, high], wanted)
  const every = Math.ceil(fitting.length / Math.max(2, wanted))
  const values = fitting.filter((_, i) => i % every === 0)
  return { values, step: values[0] ?? low }
}

/** The extremes of all values with a little air; a logarithmic one counts positive values only. */
export function valueDomain(
  extremes: Iterable<readonly [number, number]>,
  log: boolean,
  bounds?: Domain,
): Domain {
  let low = Infinity
  let high = -Infinity
  for (const [min, max] of extremes) {
    if (Number.isFinite(min) && (!log || min > 0)) low = Math.min(low, min)
    if (Number.isFinite(max) && (!log || max > 0)) {
      high = Math.max(high, max)
      if (log && !(min > 0)) low = Math.min(low, max)
    }
  }
  if (low > high) return log ? [0.1, 1] : [0, 1]
  if (log) {
    const air = low === high ? 2 : (high / low) ** 0.04
    return [low / air, high * air]
  }
  const air = low === high ? Math.max(Math.abs(low) * 0.1, 1e-6) : (high - low) * 0.05
  return [Math.max(low - air, bounds?.[0] ?? -Infinity), Math.min(high + air, bounds?.[1] ?? Infinity)]
}

/** Moves label positions apart until neighbours stand `gap` apart, keeping their order and staying inside. */
export function spread(wanted: readonly number[], gap: number, [low, high]: Domain): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0))
  const placed = [...wanted]
  let floor = low
  for (const i of order) {
    placed[i] = Math.max(placed[i] ?? 0, floor)
    floor = (placed[i] ?? 0) + gap
  }
  let ceiling = high
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i] ?? 0, ceiling)
    ceiling = (placed[i] ?? 0) - gap
  }
  return placed
}

function multiples(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return range(first, last).map((k) => Number((k * step).toPrecision(12)))
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, Math.min(200, to - from + 1)) }, (_, i) => from + i)
