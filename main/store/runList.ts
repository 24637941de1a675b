/** The list of runs for who follows it: a page of it at a time, and then only what changed. */
import { summaryWidth, type RunChanges, type StoredRun } from '../common/storedRun.ts'
import type { Connection } from './database.ts'
import type { Metrics } from './metrics.ts'
import { runColumns } from './runs.ts'

/** One page: so many runs, and about so many summaries of metrics, are read and sent in 10 ms. */
const mostRuns = 100
const mostSummaries = 2500

export interface ChangesQuery {
  /** Changes after this one; 0 for all. */
  since: number
  /** And before this one; null for the newest. */
  before: number | null
}

type Changed = { [Key in keyof StoredRun]: StoredRun[Key] | null } & { changed: number; revision: number }

export class RunList {
  readonly #metrics: Metrics
  readonly #statements

  constructor(connection: Connection, metrics: Metrics) {
    this.#metrics = metrics
    this.#statements = {
      revision: connection.prepare<[], number>('SELECT coalesce(max(revision), 0) FROM changed_run').pluck(),
      changed: connection.prepare<[number, number, number], Changed>(`
        SELECT run_id AS changed, revision, ${runColumns} FROM changed_run LEFT JOIN run ON run.id = run_id
        WHERE revision > ? AND revision < ? ORDER BY revision DESC LIMIT ?`),
      logged: connection.prepare<[], { metric: number; runs: number }>(`
        SELECT metric_id AS metric, count(*) AS runs FROM summary
        WHERE run_id NOT IN (SELECT id FROM run WHERE binned_at IS NOT NULL) GROUP BY metric_id`),
    }
  }

  /** Of the newest change; grows with every one. */
  get revision(): number {
    return this.#statements.revision.get() ?? 0
  }

  changes({ since, before }: ChangesQuery): RunChanges {
    const revision = this.revision
    const rows = this.#statements.changed.all(since, before ?? Number.MAX_SAFE_INTEGER, mostRuns + 1)
    const answer: RunChanges = { revision, before: null, metrics: [], runs: [], summaries: '', gone: [] }
    const numbers = new Map<number, number>()
    const summaries: number[] = []
    for (const [i, { changed, revision: _, ...run }] of rows.entries()) {
      if (i === mostRuns || summaries.length > mostSummaries * summaryWidth) {
        answer.before = rows[i - 1]?.revision ?? null
        break
      }
      if (!isThere(run)) {
        answer.gone.push(changed)
        continue
      }
      const values = this.#metrics.summaryNumbers(run.id)
      for (const [metric = 0, ...rest] of values) {
        let number = numbers.get(metric)
        if (number === undefined) {
          number = answer.metrics.push(this.#metrics.name(metric)) - 1
          numbers.set(metric, number)
        }
        summaries.push(number, ...rest)
      }
      answer.runs.push({ run, metrics: values.length })
    }
    answer.summaries = Buffer.from(Float64Array.from(summaries).buffer).toString('base64')
    return answer
  }

  /** Every name that a run outside the bin logged, and by how many of them; the most usual first. */
  metricNames(): { metric: string; runs: number }[] {
    return this.#statements.logged
      .all()
      .map(({ metric, runs }) => ({ metric: this.#metrics.name(metric), runs }))
      .sort((a, b) => b.runs - a.runs || (a.metric < b.metric ? -1 : 1))
  }
}

const isThere = (run: Omit<Changed, 'changed' | 'revision'>): run is StoredRun => run.id !== null
