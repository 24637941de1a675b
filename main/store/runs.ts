/** Runs, their configuration, document and events. */
import { readDocument, type ModelDocument } from '../common/document.ts'
import type { Refusal } from '../common/errors.ts'
import { ownRun, type OwnRun } from '../common/ownRun.ts'
import { readRun, type StoredRun } from '../common/storedRun.ts'
import {
  engineInfoSchema,
  tagSchema,
  type EngineInfo,
  type Run,
  type RunDetail,
  type RunEvent,
  type RunStatus,
} from '../common/schemas.ts'
import { notFiniteSchema, type NotFinite, type Parent, type TrainConfig } from '../common/training.ts'
import { architectureOf } from './architecture.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Connection } from './database.ts'
import type { Metrics } from './metrics.ts'
import { unknownRun } from './removal.ts'

export interface NewRun {
  name: string
  datasetId: string
  datasetName: string
  config: TrainConfig
  document: ModelDocument
  engine: EngineInfo
  parameters: number
  parent?: Parent | null
  sweepId?: number | null
  group?: string | null
}

export interface RunProgress {
  status: RunStatus
  epochsDone: number
  steps: number
  seconds: number
  samplesPerSecond: number
}

interface Row extends StoredRun {
  document: string
  engine: string
  checkpoint: string | null
  notFinite: string | null
}

/** As `StoredRun` calls them. */
export const runColumns = `run.id, name, status, created_at AS createdAt, ended_at AS endedAt, dataset_id AS datasetId,
  dataset_name AS datasetName, model_name AS modelName, config, tags, note, group_name AS "group", sweep_id AS sweepId,
  binned_at AS binnedAt, origin, architecture, parameters, epochs_done AS epochsDone, steps, seconds,
  samples_per_second AS samplesPerSecond, error, parent_id AS parentId, parent_step AS parentStep,
  weights_sha256 AS weightsSha256`

/** What a person says of a run. */
export interface Annotation {
  tags?: readonly string[] | undefined
  note?: string | undefined
  group?: string | null | undefined
}

/** Of a run of another tool: it has no configuration, document or engine. */
const nothing = 'null'

export class Runs {
  readonly #metrics: Metrics
  readonly #checkpoints: Checkpoints
  readonly #statements

  constructor(connection: Connection, metrics: Metrics, checkpoints: Checkpoints) {
    this.#metrics = metrics
    this.#checkpoints = checkpoints
    this.#statements = {
      all: connection.prepare<[], StoredRun>(
        `SELECT ${runColumns} FROM run WHERE binned_at IS NULL ORDER BY id DESC`,
      ),
      binned: connection.prepare<[], StoredRun>(
        `SELECT ${runColumns} FROM run WHERE binned_at IS NOT NULL ORDER BY binned_at DESC, id DESC`,
      ),
      one: connection.prepare<[number], Row>(
        `SELECT ${runColumns}, document, engine, checkpoint, not_finite AS notFinite FROM run WHERE id = ?`,
      ),
      newestOf: connection.prepare<[string, string], { id: number }>(
        `SELECT id FROM run WHERE dataset_id = ? AND model_name = ? AND binned_at IS NULL AND NOT coalesce(config ->> 'overfitBatch', 0)
           ORDER BY id DESC LIMIT 1`,
      ),
      insert: connection.prepare<Record<string, string | number | null>>(`
        INSERT INTO run(name, status, created_at, dataset_id, dataset_name, model_name, config, document, engine, parameters,
          parent_id, parent_step, sweep_id, group_name, architecture)
        VALUES (@name, 'running', @createdAt, @datasetId, @datasetName, @modelName, @config, @document, @engine, @parameters,
          @parentId, @parentStep, @sweepId, @group, @architecture)`),
      progress: connection.prepare<Record<string, string | number>>(`
        UPDATE run SET status = @status, epochs_done = @epochsDone, steps = @steps, seconds = @seconds,
          samples_per_second = @samplesPerSecond WHERE id = @id`),
      end: connection.prepare<Record<string, string | number | null>>(
        'UPDATE run SET status = @status, ended_at = max(@endedAt, created_at), checkpoint = coalesce(@checkpoint, checkpoint), error = @error WHERE id = @id',
      ),
      interrupt: connection.prepare<[number]>(
        "UPDATE run SET status = 'interrupted', ended_at = coalesce(ended_at, max(?, created_at)) WHERE status IN ('running', 'paused')",
      ),
      again: connection.prepare<[string, number]>(
        "UPDATE run SET status = 'running', ended_at = NULL, error = NULL, not_finite = NULL, config = ? WHERE id = ?",
      ),
      setConfig: connection.prepare<[string, number]>('UPDATE run SET config = ? WHERE id = ?'),
      setCheckpoint: connection.prepare<[string, string, number]>(
        'UPDATE run SET checkpoint = ?, weights_sha256 = ? WHERE id = ?',
      ),
      setNotFinite: connection.prepare<[string, number]>('UPDATE run SET not_finite = ? WHERE id = ?'),
      rename: connection.prepare<[string, number]>('UPDATE run SET name = ? WHERE id = ?'),
      annotate: connection.prepare<[string, string, string | null, number]>(
        'UPDATE run SET tags = ?, note = ?, group_name = ? WHERE id = ?',
      ),
      bin: connection.prepare<[number | null, number]>('UPDATE run SET binned_at = ? WHERE id = ?'),
      events: connection.prepare<[number], RunEvent>(
        'SELECT step, kind, note FROM event WHERE run_id = ? ORDER BY id',
      ),
      addEvent: connection.prepare<[number, number, string, string]>(
        'INSERT INTO event(run_id, step, kind, note) VALUES (?, ?, ?, ?)',
      ),
    }
  }

  /** Newest first; those in the bin are left out. */
  list(): Run[] {
    return this.#statements.all.all().map((row) => this.#read(row))
  }

  /** The bin, what was moved there last first. */
  binned(): Run[] {
    return this.#statements.binned.all().map((row) => this.#read(row))
  }

  /** @throws UserError `runs/unknown` */
  get(id: number): RunDetail {
    const { document, engine, checkpoint, notFinite, ...stored } = this.#row(id)
    return {
      ...this.#read(stored),
      document: document === nothing ? null : readDocument(JSON.parse(document)),
      engine: engineInfoSchema.nullable().parse(JSON.parse(engine)),
      checkpoint,
      checkpoints: this.#checkpoints.ofRun(id),
      events: this.#statements.events.all(id),
      notFinite: notFinite === null ? null : notFiniteSchema.parse(JSON.parse(notFinite)),
    }
  }

  /** The newest run of a model name on a data set, those on one batch alone left out; null when there is none. */
  newestOf(datasetId: string, modelName: string): OwnRun | null {
    const row = this.#statements.newestOf.get(datasetId, modelName)
    return row ? ownRun(this.get(row.id)) : null
  }

  create(run: NewRun): number {
    const result = this.#statements.insert.run({
      name: run.name,
      createdAt: Date.now(),
      datasetId: run.datasetId,
      datasetName: run.datasetName,
      modelName: run.document.name,
      config: JSON.stringify(run.config),
      document: JSON.stringify(run.document),
      engine: JSON.stringify(run.engine),
      parameters: run.parameters,
      parentId: run.parent?.runId ?? null,
      parentStep: run.parent?.step ?? null,
      sweepId: run.sweepId ?? null,
      group: run.group ?? null,
      architecture: architectureOf(run.document),
    })
    return Number(result.lastInsertRowid)
  }

  setProgress(id: number, progress: RunProgress): void {
    this.#statements.progress.run({ id, ...progress })
  }

  /** A run that had ended trains again. */
  again(id: number, config: TrainConfig): void {
    this.#statements.again.run(JSON.stringify(config), id)
  }

  /** Somebody changed the run while it ran. */
  setConfig(id: number, config: TrainConfig): void {
    this.#statements.setConfig.run(JSON.stringify(config), id)
  }

  /** The newest checkpoint. */
  setCheckpoint(id: number, path: string, weightsSha256: string): void {
    this.#statements.setCheckpoint.run(path, weightsSha256, id)
  }

  setNotFinite(id: number, report: NotFinite): void {
    this.#statements.setNotFinite.run(JSON.stringify(report), id)
  }

  end(id: number, status: RunStatus, checkpoint: string | null, error: Refusal | null): void {
    const json = error ? JSON.stringify(error) : null
    this.#statements.end.run({ id, status, endedAt: Date.now(), checkpoint, error: json })
  }

  /** Marks runs whose process has gone; called when a workspace is opened, before anything can run. */
  interruptAbandoned(): void {
    this.#statements.interrupt.run(Date.now())
  }

  addEvent(id: number, event: RunEvent): void {
    this.#statements.addEvent.run(id, event.step, event.kind, event.note)
  }

  rename(id: number, name: string): void {
    this.#row(id)
    this.#statements.rename.run(name, id)
  }

  /** @throws UserError `runs/unknown` */
  tags(id: number): string[] {
    return tagSchema.array().parse(JSON.parse(this.#row(id).tags))
  }

  /** What is left out stays as it is. @throws UserError `runs/unknown` */
  annotate(id: number, { tags, note, group }: Annotation): void {
    const row = this.#row(id)
    this.#statements.annotate.run(
      tags ? JSON.stringify([...new Set(tags)]) : row.tags,
      note ?? row.note,
      group === undefined ? row.group : group,
      id,
    )
  }

  /** Into the bin, or out of it again. @throws UserError `runs/unknown` */
  bin(id: number, at: number | null): void {
    this.#row(id)
    this.#statements.bin.run(at, id)
  }

  #row(id: number): Row {
    const row = this.#statements.one.get(id)
    if (row) return row
    throw unknownRun(id)
  }

  #read(stored: StoredRun): Run {
    return readRun(stored, this.#metrics.summaries(stored.id))
  }
}
