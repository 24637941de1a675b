/** Metric points and their summaries: written in one transaction per flush, read back as buckets. */
import type { Series, Summary } from '../common/schemas.ts'
import type { Connection } from './database.ts'

export interface Point {
  metric: string
  step: number
  value: number
  /** Epochs done at that step, fractional. */
  epoch: number
  /** Seconds trained. */
  seconds: number
}

export interface SeriesQuery {
  runIds: readonly number[]
  metrics: readonly string[]
  maxBuckets: number
  fromStep: number | null
  toStep: number | null
}

interface BucketRow {
  step: number
  lastStep: number
  min: number
  max: number
  mean: number
  last: number
  epoch: number
  seconds: number
}

export class Metrics {
  readonly #connection: Connection
  readonly #ids = new Map<string, number>()
  readonly #statements

  constructor(connection: Connection) {
    this.#connection = connection
    this.#statements = {
      findMetric: connection.prepare<[string], { id: number }>('SELECT id FROM metric WHERE name = ?'),
      addMetric: connection.prepare<[string]>('INSERT INTO metric(name) VALUES (?)'),
      addPoint: connection.prepare<[number, number, number, number, number, number]>(
        'INSERT OR REPLACE INTO point(run_id, metric_id, step, value, epoch, seconds) VALUES (?, ?, ?, ?, ?, ?)',
      ),
      mergeSummary: connection.prepare<[number, number, number, number, number, number, number, number]>(`
        INSERT INTO summary(run_id, metric_id, last, min, max, min_step, max_step, count)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
          last = excluded.last,
          count = count + excluded.count,
          min_step = iif(excluded.min < min, excluded.min_step, min_step),
          max_step = iif(excluded.max > max, excluded.max_step, max_step),
          min = min(min, excluded.min),
          max = max(max, excluded.max)`),
      summaries: connection.prepare<[number], Summary & { metric: string }>(`
        SELECT metric.name AS metric, last, min, max, min_step AS minStep, max_step AS maxStep, count
        FROM summary JOIN metric ON metric.id = metric_id WHERE run_id = ?`),
      range: connection.prepare<
        [number, number, number, number],
        { total: number; low: number | null; high: number | null }
      >(`
        SELECT count(*) AS total, min(step) AS low, max(step) AS high FROM point
        WHERE run_id = ? AND metric_id = ? AND step BETWEEN ? AND ?`),
      buckets: connection.prepare<Record<string, number>, BucketRow>(`
        SELECT b.step, b.lastStep, b.min, b.max, b.mean, p.value AS last, p.epoch, p.seconds FROM (
          SELECT min(step) AS step, max(step) AS lastStep, min(value) AS min, max(value) AS max, avg(value) AS mean
          FROM point
          WHERE run_id = @run AND metric_id = @metric AND step BETWEEN @low AND @high
          GROUP BY CAST((step - @low) * @buckets / (@high - @low + 1) AS INTEGER)
        ) AS b
        JOIN point AS p ON p.run_id = @run AND p.metric_id = @metric AND p.step = b.lastStep
        ORDER BY b.step`),
    }
  }

  /** Appends points of one run; call inside a transaction. Steps of a metric arrive in order. */
  append(runId: number, points: readonly Point[]): void {
    const batch = new Map<string, Summary>()
    for (const { metric, step, value, epoch, seconds } of points) {
      this.#statements.addPoint.run(runId, this.#metricId(metric), step, value, epoch, seconds)
      const summary = batch.get(metric)
      if (!summary) {
        batch.set(metric, { last: value, min: value, max: value, minStep: step, maxStep: step, count: 1 })
        continue
      }
      summary.last = value
      summary.count++
      if (value < summary.min) Object.assign(summary, { min: value, minStep: step })
      if (value > summary.max) Object.assign(summary, { max: value, maxStep: step })
    }
    for (const [metric, s] of batch)
      this.#statements.mergeSummary.run(
        runId,
        this.#metricId(metric),
        s.last,
        s.min,
        s.max,
        s.minStep,
        s.maxStep,
        s.count,
      )
  }

  summaries(runId: number): Record<string, Summary> {
    return Object.fromEntries(this.#statements.summaries.all(runId).map(({ metric, ...s }) => [metric, s]))
  }

  /** Series of every asked run and metric that has points, each in at most `maxBuckets` buckets. */
  series(query: SeriesQuery): Series[] {
    return query.runIds.flatMap((runId) =>
      query.metrics.flatMap((metric) => {
        const one = this.#oneSeries(runId, metric, query)
        return one ? [one] : []
      }),
    )
  }

  #oneSeries(runId: number, metric: string, query: SeriesQuery): Series | null {
    const id = this.#statements.findMetric.get(metric)?.id
    if (id === undefined) return null
    const from = query.fromStep ?? 0
    const to = query.toStep ?? Number.MAX_SAFE_INTEGER
    const range = this.#statements.range.get(runId, id, from, to)
    if (!range || range.low === null || range.high === null) return null
    const span = range.high - range.low + 1
    // As many buckets as steps when all points fit: then each bucket is one point.
    const buckets = range.total <= query.maxBuckets ? span : query.maxBuckets
    const parameters = { run: runId, metric: id, low: range.low, high: range.high, buckets }
    return { runId, metric, total: range.total, buckets: this.#statements.buckets.all(parameters) }
  }

  #metricId(name: string): number {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    const found = this.#statements.findMetric.get(name)
    const id = found?.id ?? Number(this.#statements.addMetric.run(name).lastInsertRowid)
    // Cached only while no transaction can still roll the row back.
    if (found || !this.#connection.inTransaction) this.#ids.set(name, id)
    return id
  }
}
