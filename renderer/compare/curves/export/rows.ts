/** The curves as numbers: what is shown, bucket by bucket, with the line that is drawn through them. Pure. */
import { csv } from '../../table/csv.ts'
import type { Curve } from '../curve.ts'
import { shownOf } from '../draw/scale.ts'
import type { Shown } from './shown.ts'

const names = [
  'metric',
  'id',
  'name',
  'kind',
  'step',
  'last_step',
  'epoch',
  'seconds',
  'x',
  'min',
  'max',
  'mean',
  'last',
  'line',
  'band_low',
  'band_high',
  'runs',
] as const

/**
 * One row for each bucket within the axis. `kind` says what it is: a point, a bucket of several (then `min`, `max`, `mean`
 * and `last` are of all of them), or the mean of a group. `line` is what is drawn, smoothed.
 */
export function curvesCsv(shown: Shown): string {
  const rows = shown.panels.flatMap(({ curves }) => curves.flatMap((curve) => rowsOf(curve, shown)))
  return csv([names, ...rows.map((row) => row.map((value) => String(value ?? '')))])
}

function rowsOf(curve: Curve, shown: Shown): (string | number | null)[][] {
  const { columns, band, metric, id, name } = curve
  return within(curve, shown).map((i) => {
    const at = (column: keyof typeof columns): number => columns[column][i] as number
    const own = (column: 'min' | 'max' | 'mean' | 'last'): number | null => (band ? null : at(column))
    return [
      ...[metric, id, name],
      band ? 'mean of group' : at('step') === at('lastStep') ? 'point' : 'bucket',
      ...[at('step'), at('lastStep'), at('epoch'), at('seconds'), curve.x[i] as number],
      ...[own('min'), own('max'), own('mean'), own('last')],
      curve.y[i] as number,
      ...(band
        ? [band.low[i] as number, band.high[i] as number, band.count[i] as number]
        : [null, null, null]),
    ]
  })
}

export function curvesJson(shown: Shown): string {
  const { x, xDomain, logX, logY, smoothing, band, statement } = shown
  const curves = shown.panels.flatMap(({ curves }) =>
    curves.map((curve) => {
      const indices = within(curve, shown)
      const pick = (values: ArrayLike<number>): (number | string)[] =>
        indices.map((i) => {
          const value = values[i] as number
          // JSON has no NaN and no infinity.
          return Number.isFinite(value) ? value : String(value)
        })
      const { columns } = curve
      const shared = {
        step: pick(columns.step),
        lastStep: pick(columns.lastStep),
        epoch: pick(columns.epoch),
        seconds: pick(columns.seconds),
        x: pick(curve.x),
        line: pick(curve.y),
      }
      const own = {
        min: pick(columns.min),
        max: pick(columns.max),
        mean: pick(columns.mean),
        last: pick(columns.last),
      }
      return {
        metric: curve.metric,
        runIds: curve.runIds,
        name: curve.name,
        points: curve.total,
        kind: curve.band ? 'mean of group' : curve.whole ? 'points' : 'buckets',
        ...shared,
        ...(curve.band
          ? { bandLow: pick(curve.band.low), bandHigh: pick(curve.band.high), runs: pick(curve.band.count) }
          : own),
      }
    }),
  )
  const head = JSON.stringify({ statement, x, from: xDomain[0], to: xDomain[1], logX, logY, smoothing, band })
  const each = curves.map((curve) => JSON.stringify(curve)).join(',\n')
  return `${head.slice(0, -1)},"curves":[\n${each}\n]}\n`
}

/** Indices of what lies between the ends of the axis. */
function within({ x }: Curve, { xDomain, logX }: Shown): number[] {
  const [from, to] = shownOf(x, { domain: xDomain, log: logX, size: 1, up: false })
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i).filter(
    (i) => (x[i] as number) >= xDomain[0] && (x[i] as number) <= xDomain[1],
  )
}
