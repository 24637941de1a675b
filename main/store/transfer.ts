/** Whole runs out of the workspace and into it, in pieces small enough to be done between other work. */
import type { Histogram, Part } from '../common/health/figures.ts'
import type { Run, RunDetail } from '../common/schemas.ts'
import { architectureOf } from './architecture.ts'
import type { Connection } from './database.ts'
import type { ProbeRow } from './health.ts'

/** Points of one metric, a column each, in order of steps. */
export interface PointColumns {
  steps: Float64Array
  values: Float64Array
  epochs: Float64Array
  seconds: Float64Array
}

/** A run that was trained elsewhere, or here before: everything of its row that is not counted from its points. */
export type AdmittedRun = Pick<
  RunDetail,
  | 'name'
  | 'status'
  | 'createdAt'
  | 'endedAt'
  | 'datasetId'
  | 'datasetName'
  | 'modelName'
  | 'config'
  | 'document'
  | 'engine'
  | 'tags'
  | 'note'
  | 'group'
  | 'origin'
  | 'parameters'
  | 'epochsDone'
  | 'steps'
  | 'seconds'
  | 'samplesPerSecond'
  | 'error'
  | 'weightsSha256'
  | 'notFinite'
>

export interface MetricCount {
  id: number
  metric: string
  count: number
}

interface PointRow {
  step: number
  value: number
  epoch: number
  seconds: number
}

interface ProbeTuple {
  step: number
  epoch: number
  seconds: number
  figures: Buffer
}

type HistogramTuple = Omit<Histogram, 'counts'> & { nodeId: string; part: Part; counts: Buffer }

const chunk = 4096

/** In the words of a refusal; see common/errors.ts. */
const unfinished = JSON.stringify({
  code: 'exchange/unfinished',
  what: 'The import of this run was not finished.',
  mend: 'Delete it, and import it again.',
})

export class Transfer {
  readonly #connection: Connection
  readonly #statements

  constructor(connection: Connection) {
    this.#connection = connection
    this.#statements = {
      metrics: connection.prepare<[number], MetricCount>(`
        SELECT metric.id AS id, metric.name AS metric, count FROM summary JOIN metric ON metric.id = metric_id
        WHERE run_id = ? ORDER BY metric.name`),
      points: connection.prepare<[number, number, number, number], PointRow>(`
        SELECT step, value, epoch, seconds FROM point
        WHERE run_id = ? AND metric_id = ? AND step > ? ORDER BY step LIMIT ?`),
      probes: connection.prepare<[number], ProbeTuple>(
        'SELECT step, epoch, seconds, figures FROM probe WHERE run_id = ? ORDER BY step',
      ),
      histograms: connection.prepare<[number], HistogramTuple>(`
        SELECT node_id AS nodeId, part, step, low, high, below, above, not_finite AS notFinite, counts
        FROM histogram WHERE run_id = ? ORDER BY step`),
      alike: connection.prepare<[number, string | null, string, string], { id: number; binned: number }>(`
        SELECT id, binned_at IS NOT NULL AS binned FROM run
        WHERE created_at = ? AND weights_sha256 IS ? AND model_name = ? AND coalesce(origin ->> 'name', '') = ?
          AND error IS NOT '${unfinished}'
        ORDER BY id DESC LIMIT 1`),
      admit: connection.prepare<Record<string, string | number | null>>(`
        INSERT INTO run(name, status, created_at, ended_at, dataset_id, dataset_name, model_name, config, document,
          engine, parameters, weights_sha256, not_finite, tags, note, group_name, origin, binned_at, architecture,
          error)
        VALUES (@name, 'interrupted', @createdAt, @endedAt, @datasetId, @datasetName, @modelName, @config, @document,
          @engine, @parameters, @weightsSha256, @notFinite, @tags, @note, @group, @origin, @binnedAt, @architecture,
          '${unfinished}')`),
      settle: connection.prepare<Record<string, string | number | null>>(`
        UPDATE run SET status = @status, ended_at = @endedAt, origin = @origin, epochs_done = @epochsDone,
          steps = @steps, seconds = @seconds, samples_per_second = @samplesPerSecond, error = @error,
          parent_id = @parentId, parent_step = @parentStep, binned_at = NULL
        WHERE id = @id`),
      discardPoints: connection.prepare<Record<string, number>>(`
        DELETE FROM point WHERE run_id = @run AND metric_id = @metric AND step <= (
          SELECT max(step) FROM (
            SELECT step FROM point WHERE run_id = @run AND metric_id = @metric ORDER BY step LIMIT ${2 * chunk}))`),
      discard: connection.prepare<[number]>('DELETE FROM run WHERE id = ?'),
    }
  }

  /** From now on everything is read as it is now; of a connection that only reads. */
  holdStill(): void {
    this.#connection.exec('BEGIN')
  }

  metrics(runId: number): MetricCount[] {
    return this.#statements.metrics.all(runId)
  }

  /** Every point of a metric exactly as stored, some thousands at a time. */
  *points(runId: number, metricId: number): Generator<PointColumns> {
    for (let after: number = Number.MIN_SAFE_INTEGER; ;) {
      const rows = this.#statements.points.all(runId, metricId, after, chunk)
      const last = rows.at(-1)
      if (!last) return
      yield {
        steps: Float64Array.from(rows, ({ step }) => step),
        values: Float64Array.from(rows, ({ value }) => value),
        epochs: Float64Array.from(rows, ({ epoch }) => epoch),
        seconds: Float64Array.from(rows, ({ seconds }) => seconds),
      }
      after = last.step
    }
  }

  /** Every probe with its histograms. */
  *probes(runId: number): Generator<ProbeRow> {
    const histograms = this.#statements.histograms.iterate(runId)
    let next = histograms.next()
    try {
      for (const { figures, ...row } of this.#statements.probes.iterate(runId)) {
        const own: ProbeRow['histograms'][number][] = []
        for (; !next.done && next.value.step <= row.step; next = histograms.next()) {
          const { nodeId, part, counts, ...rest } = next.value
          own.push({ nodeId, part, histogram: { ...rest, counts: [...new Uint32Array(copied(counts))] } })
        }
        yield { ...row, figures: new Float32Array(copied(figures)), histograms: own }
      }
    } finally {
      histograms.return?.()
    }
  }

  /** The run that this one is, if it is here already: begun in the same millisecond, with the same weights at its end. */
  alike({
    createdAt,
    weightsSha256,
    modelName,
    origin,
  }: AdmittedRun): { id: number; binned: boolean } | null {
    const found = this.#statements.alike.get(createdAt, weightsSha256, modelName, origin?.name ?? '')
    return found ? { id: found.id, binned: found.binned === 1 } : null
  }

  /**
   * Makes the row of a run that comes in. Until it is settled it lies in the bin and says that its import is not
   * finished, so that a killed process leaves nothing that looks whole.
   */
  admit(run: AdmittedRun): number {
    const result = this.#statements.admit.run({
      name: run.name,
      createdAt: run.createdAt,
      endedAt: run.endedAt,
      datasetId: run.datasetId,
      datasetName: run.datasetName,
      modelName: run.modelName,
      config: JSON.stringify(run.config),
      document: JSON.stringify(run.document),
      engine: JSON.stringify(run.engine),
      parameters: run.parameters,
      weightsSha256: run.weightsSha256,
      notFinite: run.notFinite === null ? null : JSON.stringify(run.notFinite),
      tags: JSON.stringify(run.tags),
      note: run.note,
      group: run.group,
      origin: JSON.stringify(run.origin),
      binnedAt: Date.now(),
      architecture: run.document ? architectureOf(run.document) : '',
    })
    return Number(result.lastInsertRowid)
  }

  /** It is whole: out of the bin, with what was known only at its end. */
  settle(id: number, run: AdmittedRun, parent: Run['parent']): void {
    this.#statements.settle.run({
      id,
      status: run.status,
      endedAt: run.endedAt,
      origin: JSON.stringify(run.origin),
      epochsDone: run.epochsDone,
      steps: run.steps,
      seconds: run.seconds,
      samplesPerSecond: run.samplesPerSecond,
      error: run.error === null ? null : JSON.stringify(run.error),
      parentId: parent?.runId ?? null,
      parentStep: parent?.step ?? null,
    })
  }

  /** Takes a run away that will not be settled, some thousands of points at each step. */
  *discard(id: number): Generator<void> {
    for (const { id: metric } of this.metrics(id))
      while (this.#statements.discardPoints.run({ run: id, metric }).changes > 0) yield
    this.#statements.discard.run(id)
  }
}

/** A buffer of SQLite may begin anywhere; typed arrays may not. */
function copied(bytes: Buffer): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength)
  new Uint8Array(copy).set(bytes)
  return copy
}
