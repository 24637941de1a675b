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

export class SeriesReader {
  readonly #statements

  constructor(connection: Connection) {
    const selected = 'b.step, b.lastStep, b.min, b.max, b.mean, p.value AS last, p.epoch, p.seconds'
    const pixel = (column: string): string =>
      `CAST((${column} - @low) * @buckets / (@high - @low + 1) AS INTEGER)`
    const lastPoint = 'JOIN point AS p ON p.run_id = @run AND p.metric_id = @metric AND p.step = b.lastStep'
    this.#statements = {
      findMetric: connection.prepare<[string], { id: number }>('SELECT id FROM metric WHERE name = ?'),
      // Two look-ups in the index; asked for together, SQLite would read every point between them.
      ends: connection.prepare<Record<string, number>, Ends>(`
        SELECT
          (SELECT min(step) FROM point WHERE run_id = @run AND metric_id = @metric AND step BETWEEN @from AND @to) AS low,
          (SELECT max(step) FROM point WHERE run_id = @run AND metric_id = @metric AND step BETWEEN @from AND @to) AS high`),
      count: connection.prepare<Record<string, number>, { total: number }>(`
        SELECT count(*) AS total FROM point
        WHERE run_id = @run AND metric_id = @metric AND step BETWEEN @low AND @high`),
      countAbout: connection.prepare<Record<string, number>, { total: number | null }>(`
        SELECT sum(count) AS total FROM level
        WHERE run_id = @run AND metric_id = @metric AND size = ${coarsest} AND start BETWEEN @first AND @high`),
      fromPoints: connection.prepare<Record<string, number>, Bucket>(`
        SELECT ${selected} FROM (
          SELECT min(step) AS step, max(step) AS lastStep, min(value) AS min, max(value) AS max, avg(value) AS mean
          FROM point
          WHERE run_id = @run AND metric_id = @metric AND step BETWEEN @low AND @high
          GROUP BY ${pixel('step')}
        ) AS b ${lastPoint} ORDER BY b.step`),
      fromLevel: connection.prepare<Record<string, number>, Bucket & { count: number }>(`
        SELECT ${selected}, b.count FROM (
          SELECT min(step) AS step, max(last_step) AS lastStep, min(min) AS min, max(max) AS max,
            sum(mean * count) / sum(count) AS mean, sum(count) AS count
          FROM level
          WHERE run_id = @run AND metric_id = @metric AND size = @size AND start BETWEEN @first AND @high
          GROUP BY ${pixel('max(start, @low)')}
        ) AS b ${lastPoint} ORDER BY b.step`),
    }
  }

  /** Series of every asked run and metric that has points, each in at most `maxBuckets` buckets; one at a time. */
  *read(query: SeriesQuery): Generator<Series> {
    for (const runId of query.runIds)
      for (const metric of query.metrics) {
        const one = this.#one(runId, metric, query)
        if (one) yield one
      }
  }

  #one(runId: number, metric: string, { maxBuckets, fromStep, toStep }: SeriesQuery): Series | null {
    const id = this.#statements.findMetric.get(metric)?.id
    if (id === undefined) return null
    const subject = { run: runId, metric: id }
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
      (this.#statements.countAbout.get({ ...range, first: first(coarsest) })?.total ?? 0) <= maxBuckets
    if (few) {
      const total = this.#statements.count.get(range)?.total ?? 0
      // As many buckets as steps when all points fit: then each bucket is one point.
      const buckets = total <= maxBuckets ? span : maxBuckets
      return { runId, metric, total, buckets: this.#statements.fromPoints.all({ ...range, buckets }) }
    }
    const rows = this.#statements.fromLevel.all({ ...range, size, first: first(size), buckets: maxBuckets })
    const total = rows.reduce((sum, { count }) => sum + count, 0)
    return { runId, metric, total, buckets: rows.map(({ count: _, ...bucket }) => bucket) }
  }
}
