/** Metric points and their summaries: written in one transaction per flush, read back as buckets. */
import type { Series, Summary } from '../common/schemas.ts'
import { readSummaries } from '../common/storedRun.ts'
import type { Connection } from './database.ts'
import { Levels } from './levels.ts'
import { SeriesReader, type SeriesQuery } from './series.ts'

export interface Point {
  metric: string
  step: number
  value: number
  /** Epochs done at that step, fractional. */
  epoch: number
  /** Seconds trained. */
  seconds: number
}

export class Metrics {
  readonly #levels: Levels
  readonly #reader: SeriesReader
  readonly #names = new Map<number, string>()
  readonly #statements

  constructor(connection: Connection) {
    this.#levels = new Levels(connection)
    this.#reader = new SeriesReader(connection)
    this.#statements = {
      findMetric: connection.prepare<[string], { id: number }>('SELECT id FROM metric WHERE name = ?'),
      addMetric: connection.prepare<[string]>('INSERT INTO metric(name) VALUES (?)'),
      addPoint: connection.prepare<[number, number, number, number, number, number]>(
        'INSERT OR REPLACE INTO point(run_id, metric_id, step, value, epoch, seconds) VALUES (?, ?, ?, ?, ?, ?)',
      ),
      mergeSummary: connection.prepare<Summary & { run: number; metric: number }>(`
        INSERT INTO summary(run_id, metric_id, first, first_step, last, last_step, min, max, min_step, max_step, count)
        VALUES (@run, @metric, @first, @firstStep, @last, @lastStep, @min, @max, @minStep, @maxStep, @count)
        ON CONFLICT DO UPDATE SET
          last = excluded.last,
          last_step = excluded.last_step,
          count = count + excluded.count,
          min_step = iif(excluded.min < min, excluded.min_step, min_step),
          max_step = iif(excluded.max > max, excluded.max_step, max_step),
          min = min(min, excluded.min),
          max = max(max, excluded.max)`),
      names: connection.prepare<[], { id: number; name: string }>('SELECT id, name FROM metric'),
      summaries: connection
        .prepare<[number], number[]>(
          `SELECT metric_id, first, first_step, last, last_step, min, max, min_step, max_step, count
           FROM summary WHERE run_id = ?`,
        )
        .raw(),
      touch: connection.prepare<[number]>(
        'INSERT OR REPLACE INTO changed_run SELECT ?, coalesce(max(revision), 0) + 1 FROM changed_run',
      ),
      dropAfter: connection.prepare<[number, number]>('DELETE FROM point WHERE run_id = ? AND step > ?'),
      dropSummaries: connection.prepare<[number]>('DELETE FROM summary WHERE run_id = ?'),
      // Of equal extremes the first counts, as when points arrive one after another.
      summarise: connection.prepare<[number]>(`
        INSERT INTO summary(run_id, metric_id, first, first_step, last, last_step, min, max, min_step, max_step, count)
        SELECT s.run_id, s.metric_id, f.value, s.first_step, p.value, s.step, s.low, s.high,
          (SELECT min(step) FROM point WHERE run_id = s.run_id AND metric_id = s.metric_id AND value = s.low),
          (SELECT min(step) FROM point WHERE run_id = s.run_id AND metric_id = s.metric_id AND value = s.high),
          s.points
        FROM (
          SELECT run_id, metric_id, min(step) AS first_step, max(step) AS step, min(value) AS low, max(value) AS high, count(*) AS points
          FROM point WHERE run_id = ? GROUP BY metric_id
        ) AS s
        JOIN point AS p ON p.run_id = s.run_id AND p.metric_id = s.metric_id AND p.step = s.step
        JOIN point AS f ON f.run_id = s.run_id AND f.metric_id = s.metric_id AND f.step = s.first_step`),
    }
  }

  /** Appends points of one run; call inside a transaction. Steps of a metric arrive in order. */
  append(runId: number, points: readonly Point[]): void {
    // Not kept: a transaction that fails takes the names that it added with it.
    const ids = new Map<string, number>()
    const idOf = (metric: string): number => {
      const known = ids.get(metric) ?? this.#metricId(metric)
      ids.set(metric, known)
      return known
    }
    const batch = new Map<string, Summary>()
    const ends = new Map<string, [low: number, high: number]>()
    for (const { metric, step, value, epoch, seconds } of points) {
      this.#statements.addPoint.run(runId, idOf(metric), step, value, epoch, seconds)
      const end = ends.get(metric)
      if (end) {
        end[0] = Math.min(end[0], step)
        end[1] = Math.max(end[1], step)
      } else ends.set(metric, [step, step])
      const summary = batch.get(metric)
      if (!summary) {
        batch.set(metric, {
          first: value,
          firstStep: step,
          last: value,
          lastStep: step,
          min: value,
          max: value,
          minStep: step,
          maxStep: step,
          count: 1,
        })
        continue
      }
      summary.last = value
      summary.lastStep = step
      summary.count++
      if (value < summary.min) Object.assign(summary, { min: value, minStep: step })
      if (value > summary.max) Object.assign(summary, { max: value, maxStep: step })
    }
    for (const [metric, summary] of batch)
      this.#statements.mergeSummary.run({ run: runId, metric: idOf(metric), ...summary })
    for (const [metric, [low, high]] of ends) this.#levels.update(runId, idOf(metric), low, high)
    this.#statements.touch.run(runId)
  }

  /** Forgets points after a step: a run goes on from there and makes them again. Call inside a transaction. */
  truncate(runId: number, step: number): void {
    this.#statements.dropAfter.run(runId, step)
    this.#levels.forgetAfter(runId, step)
    this.summarise(runId)
  }

  /** Makes the summaries of a run anew, after steps came again or out of order. Call inside a transaction. */
  summarise(runId: number): void {
    this.#statements.dropSummaries.run(runId)
    this.#statements.summarise.run(runId)
    this.#statements.touch.run(runId)
  }

  summaries(runId: number): Record<string, Summary> {
    return readSummaries(this.summaryNumbers(runId).flat(), (metric) => this.name(metric))
  }

  /** One row for each metric that the run logged: its number, then `summaryFields`. */
  summaryNumbers(runId: number): number[][] {
    return this.#statements.summaries.all(runId)
  }

  /** Of a metric's number. */
  name(metric: number): string {
    if (!this.#names.has(metric))
      for (const { id, name } of this.#statements.names.all()) this.#names.set(id, name)
    return this.#names.get(metric) ?? ''
  }

  /** Series of every asked run and metric that has points, each in at most `maxBuckets` buckets. */
  series(query: SeriesQuery): Series[] {
    return [...this.#reader.read(query)]
  }

  /** The same one by one, for who turns to other work between them. */
  eachSeries(query: SeriesQuery): Generator<Series> {
    return this.#reader.read(query)
  }

  #metricId(name: string): number {
    const found = this.#statements.findMetric.get(name)
    return found?.id ?? Number(this.#statements.addMetric.run(name).lastInsertRowid)
  }
}
