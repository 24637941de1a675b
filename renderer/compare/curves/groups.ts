/** Runs that belong together, drawn as one line with a band: the mean of them and how far they lie apart. Pure. */
import type { Run } from '../../../main/common/schemas.ts'
import { runColour, runDash } from '../../charts/series.ts'
import { counted } from '../../ui/format.ts'
import { replicateKey } from '../table/rows.ts'
import { lowerBound } from './axis.ts'
import type { Curve } from './curve.ts'

export interface RunGroup {
  key: string
  /** Newest first, as the table has them. */
  runs: readonly Run[]
}

/** By the name of their group; without one, runs whose settings differ in nothing but the seed. */
export function groupRuns(runs: readonly Run[]): RunGroup[] {
  const groups = new Map<string, Run[]>()
  for (const run of runs) {
    const key = groupKey(run)
    const found = groups.get(key)
    if (found) found.push(run)
    else groups.set(key, [run])
  }
  return [...groups].map(([key, runs]) => ({ key, runs }))
}

const groupKey = (run: Run): string => (run.group === null ? replicateKey(run) : `group ${run.group}`)

/**
 * @param curves of the runs of one group and one metric, at least two
 * @param band `std`: a standard deviation (of a sample) to either side of the mean of the lines; `range`: the lowest and
 * highest value of any run, smoothed or not
 */
export function groupCurve(group: RunGroup, curves: readonly Curve[], band: 'std' | 'range'): Curve {
  const oldest = curves.reduce((a, b) => (b.id < a.id ? b : a))
  const name = group.runs[0]?.group ?? `${group.runs.at(-1)?.name ?? ''}`
  const { x, columns, mean, spread, low, high, count } = acrossRuns(curves)
  const around = (sign: number): number[] => mean.map((value, i) => value + sign * (spread[i] as number))
  const bounds = band === 'std' ? { low: around(-1), high: around(1) } : { low, high }
  return {
    id: oldest.id,
    runIds: curves.map(({ id }) => id),
    metric: oldest.metric,
    name,
    label: `${name} · ${counted(curves.length, 'run')}`,
    endLabel: group.runs[0]?.group ?? `${oldest.id} · ${counted(curves.length, 'run')}`,
    colour: runColour(oldest.id),
    dash: runDash(oldest.id),
    x,
    y: mean,
    columns,
    raw: curves.flatMap(({ raw }) => raw),
    band: { ...bounds, count },
    total: curves.reduce((sum, { total }) => sum + total, 0),
    whole: curves.every(({ whole }) => whole),
  }
}

/** At the places of the run with most of them: the runs that have been there by then, and are not over. */
function acrossRuns(curves: readonly Curve[]) {
  const { x, columns } = curves.reduce((a, b) => (b.x.length > a.x.length ? b : a))
  const length = x.length
  const [mean, spread, low, high, count] = Array.from({ length: 5 }, () =>
    new Array<number>(length).fill(NaN),
  ) as [number[], number[], number[], number[], number[]]
  const readers = curves.map((curve) => new Reader(curve))
  for (let i = 0; i < length; i++) {
    const at = x[i] as number
    let [n, sum, squares, least, most] = [0, 0, 0, Infinity, -Infinity]
    for (const reader of readers) {
      const value = reader.read(at)
      if (!Number.isFinite(value)) continue
      n++
      // Welford: values far from 0 that lie close together keep their spread.
      const before = value - sum
      sum += before / n
      squares += before * (value - sum)
      least = Math.min(least, reader.low)
      most = Math.max(most, reader.high)
    }
    count[i] = n
    if (n === 0) continue
    mean[i] = sum
    spread[i] = n > 1 ? Math.sqrt(squares / (n - 1)) : 0
    low[i] = least
    high[i] = most
  }
  return { x, columns, mean, spread, low, high, count }
}

/** Walks along a curve: its value at a place, and its extremes since the place before, so that no spike is stepped over. */
class Reader {
  low = NaN
  high = NaN
  readonly #curve: Curve
  #unseen = 0

  constructor(curve: Curve) {
    this.#curve = curve
  }

  read(at: number): number {
    const { x, y, raw } = this.#curve
    const last = x.length - 1
    if (last < 0 || at < (x[0] as number) || at > (x[last] as number)) return NaN
    const high = Math.min(last, lowerBound(x, at))
    const low = (x[high] as number) > at && high > 0 ? high - 1 : high
    const [x0, x1] = [x[low] as number, x[high] as number]
    const [y0, y1] = [y[low] as number, y[high] as number]
    const value = x1 > x0 ? y0 + ((at - x0) / (x1 - x0)) * (y1 - y0) : y1
    this.low = Infinity
    this.high = -Infinity
    for (let i = Math.min(this.#unseen, high); i <= high; i++) {
      this.low = Math.min(this.low, finite(raw[0]?.min[i] ?? y[i], Infinity))
      this.high = Math.max(this.high, finite(raw[0]?.max[i] ?? y[i], -Infinity))
    }
    this.#unseen = high + 1
    return value
  }
}

const finite = (value: number | undefined, otherwise: number): number =>
  value !== undefined && Number.isFinite(value) ? value : otherwise
