/** One metric at the step where another was best, for all runs. */
import type { Connection } from './database.ts'

export interface ValueAt {
  runId: number
  value: number
}

export class ValuesAt {
  readonly #statements

  constructor(connection: Connection) {
    const select = (step: 'min_step' | 'max_step') =>
      connection.prepare<[string, string], ValueAt>(`
        SELECT runId, value FROM (
          SELECT best.run_id AS runId, (
            SELECT value FROM point
            WHERE run_id = best.run_id AND metric_id = read.id AND step <= best.${step}
            ORDER BY step DESC LIMIT 1) AS value
          FROM metric AS read, metric AS of
          JOIN summary AS best ON best.metric_id = of.id
          WHERE read.name = ? AND of.name = ?)
        WHERE value IS NOT NULL`)
    this.#statements = { min: select('min_step'), max: select('max_step') }
  }

  /** The newest value at or before the step where `at` was lowest or highest; runs without one are left out. */
  read(metric: string, at: string, extreme: 'min' | 'max'): ValueAt[] {
    return this.#statements[extreme].all(metric, at)
  }
}
