/**
 * Summaries of the points of a metric, coarser and coarser, so that a chart of a million points reads a few thousand
 * rows. A row holds the extremes of `size` steps and its last point: a spike of one step
 * is in every level.
 */
import type { Connection } from './database.ts'

/** Steps in one row of each level. Each is made of the one before it, the first of the points. */
export const levelSizes = [16, 64, 256, 1024, 4096] as const

export class Levels {
  readonly #statements

  constructor(connection: Connection) {
    const insert = `
      INSERT OR REPLACE INTO level(
        run_id, metric_id, size, start, step, last_step, min, max, mean, count, last, epoch, seconds)`
    // The rows, each with the values of its last point.
    const make = (size: number, rows: string, grouping: string) =>
      connection.prepare<[number, number, number, number]>(
        `${insert} SELECT made.*, point.value, point.epoch, point.seconds FROM (${rows} ${grouping}) AS made
        JOIN point USING (run_id, metric_id) WHERE point.step = made.last_step`.replaceAll(
          '@size',
          String(size),
        ),
      )
    const fromPoints = `
      SELECT run_id, metric_id, @size, step / @size * @size, min(step), max(step) AS last_step,
        min(value), max(value), avg(value), count(*)
      FROM point WHERE run_id = ? AND metric_id = ? AND step BETWEEN ? AND ?`
    const fromFiner = (finer: number): string => `
      SELECT run_id, metric_id, @size, start / @size * @size, min(step), max(last_step) AS last_step,
        min(min), max(max), sum(mean * count) / sum(count), sum(count)
      FROM level WHERE run_id = ? AND metric_id = ? AND size = ${finer} AND start BETWEEN ? AND ?`
    this.#statements = {
      made: levelSizes.map((size, i) => {
        const finer = levelSizes[i - 1]
        const from = finer === undefined ? fromPoints : fromFiner(finer)
        const column = finer === undefined ? 'step' : 'start'
        return {
          size,
          /** Of one row: SQLite sorts nothing for it, which is eight times as fast. */
          one: make(size, from, 'HAVING count(*) > 0'),
          several: make(size, from, `GROUP BY ${column} / @size`),
        }
      }),
      forget: connection.prepare<[number, number]>('DELETE FROM level WHERE run_id = ? AND start > ?'),
      straddling: connection.prepare<[number, number], { metric: number }>(
        'SELECT DISTINCT metric_id AS metric FROM level WHERE run_id = ? AND last_step > ?',
      ),
      drop: connection.prepare<[number, number, number]>(
        'DELETE FROM level WHERE run_id = ? AND metric_id = ? AND last_step > ?',
      ),
    }
  }

  /**
   * Reads the points between two steps again and writes the rows that they are in: so a step that was trained twice
   * counts once. Call in the transaction that wrote the points.
   */
  update(runId: number, metricId: number, from: number, to: number): void {
    for (const { size, one, several } of this.#statements.made) {
      const first = Math.floor(from / size) * size
      const last = Math.floor(to / size) * size
      const statement = first === last ? one : several
      statement.run(runId, metricId, first, last + size - 1)
    }
  }

  /** After the points beyond a step were deleted: so are their rows. */
  forgetAfter(runId: number, step: number): void {
    this.#statements.forget.run(runId, step)
    const coarsest = levelSizes[levelSizes.length - 1] ?? 0
    for (const { metric } of this.#statements.straddling.all(runId, step)) {
      this.#statements.drop.run(runId, metric, step)
      this.update(runId, metric, Math.floor(step / coarsest) * coarsest, step)
    }
  }
}
