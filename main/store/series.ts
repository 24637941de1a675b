/** Reads the points of a metric back as the buckets of a chart: from the points while few, else from their levels. */
import type { Bucket, Series } from '../common/schemas.ts'
import type { Connection } from './database.ts'
import { levelSizes } from './levels.ts'

export interface SeriesQuery {
  runIds: readonly number[]
  metrics: readonly string[]
  maxBuckets: number
  fromStep: number | null
  toStep: number | null
}

interface Ends {
  low: number | null
  high: number | null
}

const finest = levelSizes[0]
const coarsest = levelSizes[levelSizes.length - 1] ?? finest

/** Points of one or several steps, as the queries give them: the columns of a bucket, and how many points they are. */
type Row = [
  step: number,
  lastStep: number,
  min: number,
  max: number,
  mean: number,
  last: number,
  epoch: number,
  seconds: number,
  count: number,
]

export class SeriesReader {
  readonly #statements

  constructor(connection: Connection) {
    const ofSeries = 'run_id = @run AND metric_id = @metric'
    this.#statements = {
      findMetric: connection.prepare<[string], { id: number }>('SELECT id FROM metric WHERE name = ?'),
      // Two look-ups in the index; asked for together, SQLite would read every point between them.
      ends: connection.prepare<Record<string, number>, Ends>(`
        SELECT
          (SELECT min(step) FROM point WHERE ${ofSeries} AND step BETWEEN @from AND @to) AS low,
          (SELECT max(step) FROM point WHERE ${ofSeries} AND step BETWEEN @from AND @to) AS high`),
      countAbout: connection.prepare<Record<string, number>, { total: number | null }>(`
        SELECT sum(count) AS total FROM level
        WHERE ${ofSeries} AND size = ${coarsest} AND start BETWEEN @first AND @high`),
      points: connection
        .prepare<Record<string, number>, Row>(
          `
        SELECT step, step, value, value, value, value, epoch, seconds, 1 FROM point
        WHERE ${ofSeries} AND step BETWEEN @low AND @high ORDER BY step`,
        )
        .raw(),
      level: connection
        .prepare<Record<string, number>, Row>(
          `
        SELECT step, last_step, min, max, mean, last, epoch, seconds, count FROM level
        WHERE ${ofSeries} AND size = @size AND start BETWEEN @first AND @high ORDER BY start`,
        )
        .raw(),
    }
  }

  /** Series of every asked run and metric that has points, each in at most `maxBuckets` buckets; one at a time. */
  *read(query: SeriesQuery): Generator<Series> {
    const metrics = query.metrics.flatMap((metric) => {
      const found = this.#statements.findMetric.get(metric)
      return found ? [{ ...found, metric }] : []
    })
    for (const runId of query.runIds)
      for (const { id, metric } of metrics) {
        const found = this.#rows(runId, id, query)
        if (found) yield { runId, metric, ...bucketsOf(found.rows, found.pixel) }
      }
  }

  #rows(
    run: number,
    metric: number,
    { maxBuckets, fromStep, toStep }: SeriesQuery,
  ): { rows: Row[]; pixel: Pixel | null } | null {
    const subject = { run, metric }
    const { low, high } = this.#statements.ends.get({
      ...subject,
      from: fromStep ?? 0,
      to: toStep ?? Number.MAX_SAFE_INTEGER,
    }) ?? { low: null, high: null }
    if (low === null || high === null) return null
    const span = high - low + 1
    const range = { ...subject, low, high }
    // A bucket is never narrower than a row of the level that it is made of, and at most a third wider than asked: a
    // quarter fewer buckets for a quarter of the rows.
    const size = levelSizes.findLast((candidate) => candidate * maxBuckets <= (span * 4) / 3)
    const first = (of: number): number => Math.floor(low / of) * of
    const few =
      size === undefined ||
      (this.#statements.countAbout.get({ ...subject, high, first: first(coarsest) })?.total ?? 0) <=
        maxBuckets
    const rows = few
      ? this.#statements.points.all(range)
      : this.#statements.level.all({ ...subject, high, size, first: first(size) })
    // Where they fit, each row is a bucket.
    if (rows.length <= maxBuckets) return { rows, pixel: null }
    const perStep = maxBuckets / span
    return { rows, pixel: (step) => Math.floor((Math.max(step, low) - low) * perStep) }
  }
}

/** Which bucket a step falls into. */
type Pixel = (step: number) => number

/** @param pixel null: every row is a bucket */
function bucketsOf(rows: readonly Row[], pixel: Pixel | null): Pick<Series, 'total' | 'buckets'> {
  const buckets: Bucket[] = []
  let total = 0
  let at: number | null = null
  let bucket: Bucket | null = null
  let count = 0
  let sum = 0
  for (const [step, lastStep, min, max, mean, last, epoch, seconds, points] of rows) {
    total += points
    const place = pixel && pixel(step)
    if (bucket === null || place === null || place !== at) {
      bucket = { step, lastStep, min, max, mean, last, epoch, seconds }
      buckets.push(bucket)
      at = place
      count = points
      sum = mean * points
      continue
    }
    count += points
    sum += mean * points
    if (min < bucket.min) bucket.min = min
    if (max > bucket.max) bucket.max = max
    bucket.mean = sum / count
    bucket.lastStep = lastStep
    bucket.last = last
    bucket.epoch = epoch
    bucket.seconds = seconds
  }
  return { total, buckets }
}
