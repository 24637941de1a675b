/** Curves of one run of another tool, as pieces: the run, its points, and sentences about what is not among them. */
import type { Origin, RunEvent } from '../common/schemas.ts'
import type { PointColumns } from '../store/index.ts'
import { Curve, type Finished } from './curve.ts'
import { curvesOnly, type ForeignRun, type Piece } from './piece.ts'

export interface CurvesOf {
  key: string
  name: string
  origin: Origin
  /** What else is known of it. */
  about?: Partial<ForeignRun>
  curves: ReadonlyMap<string, Curve>
  /** Seconds since 1970 of the first point and the last; null where the source tells no such time. */
  began: number | null
  ended: number | null
  /** Where it tells none: milliseconds since 1970 to stand for it. */
  otherwise: number
}

/** A few thousand points cross between threads at once. */
const chunk = 16_384

export function* piecesOf({
  key,
  name,
  origin,
  about = {},
  curves,
  began,
  ended,
  otherwise,
}: CurvesOf): Generator<Piece> {
  const finished = [...curves]
    .map(([metric, curve]) => ({ metric, ...curve.finish(began ?? 0) }))
    .sort((a, b) => (a.metric < b.metric ? -1 : 1))
  const events: RunEvent[] = []
  const notes: string[] = []
  let steps = 0
  let seconds = 0
  let epochs = 0
  for (const { metric, points, notFinite, negative } of finished) {
    if (points) {
      steps = Math.max(steps, points.steps.at(-1)!)
      seconds = Math.max(seconds, points.seconds.at(-1)!)
      epochs = Math.max(epochs, Math.floor(points.epochs.at(-1)!))
    }
    if (notFinite) {
      const note = notFiniteWords(metric, notFinite)
      events.push({ step: notFinite.first, kind: 'remark', note: `${note}.` })
      notes.push(`${note} in “${name}”; a curve cannot show that.`)
    }
    if (negative > 0)
      notes.push(`${negative} points of ${metric} in “${name}” are at steps below 0 and were left out.`)
  }
  const createdAt = began === null ? otherwise : Math.round(began * 1000)
  const endedAt = ended === null ? createdAt : Math.round(ended * 1000)
  events.sort((a, b) => a.step - b.step)
  yield {
    kind: 'run',
    run: curvesOnly({
      ...about,
      ...{ key, name, createdAt, endedAt, origin, events, steps, seconds, epochsDone: epochs },
    }),
  }
  for (const note of notes) yield { kind: 'note', note }
  for (const { metric, points } of finished)
    if (points) for (const part of chunksOf(points)) yield { kind: 'points', metric, points: part }
}

function notFiniteWords(
  metric: string,
  { count, first, last, value }: NonNullable<Finished['notFinite']>,
): string {
  const what = Number.isNaN(value) ? 'NaN' : 'infinite'
  const where = count === 1 ? `step ${first}` : `${count} steps from ${first} to ${last}`
  return `${metric} is ${what} at ${where}`
}

function* chunksOf({ steps, values, epochs, seconds }: PointColumns): Generator<PointColumns> {
  for (let from = 0; from < steps.length; from += chunk) {
    const part = (column: Float64Array): Float64Array<ArrayBuffer> =>
      new Float64Array(column.subarray(from, from + chunk))
    yield { steps: part(steps), values: part(values), epochs: part(epochs), seconds: part(seconds) }
  }
}

/** The curve of a metric, new where there was none. */
export function curveOf(curves: Map<string, Curve>, metric: string): Curve {
  let curve = curves.get(metric)
  if (!curve) curves.set(metric, (curve = new Curve()))
  return curve
}
