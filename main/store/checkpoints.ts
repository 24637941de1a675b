/** Checkpoints of runs: which there are, and which of them newer ones replace. */
import { join, relative } from 'node:path'
import { checkpointSchema, trainConfigSchema, type Checkpoint, type TrainConfig } from '../common/training.ts'
import { UserError } from '../common/errors.ts'
import type { Connection } from './database.ts'

export type NewCheckpoint = Omit<Checkpoint, 'id'> & { config: TrainConfig }

interface Row {
  id: number
  run_id: number
  kind: string
  step: number
  epoch: number
  path: string
  metrics: string
  bytes: number
  created_at: number
  weights_sha256: string
  next_batch_sha256: string
  config: string
}

export class Checkpoints {
  /** Paths are kept relative to it, so that a workspace may move. */
  readonly #folder: string
  readonly #statements

  constructor(connection: Connection, folder: string) {
    this.#folder = folder
    this.#statements = {
      all: connection.prepare<[], Row>('SELECT * FROM checkpoint ORDER BY run_id, step, id'),
      one: connection.prepare<[number], Row>('SELECT * FROM checkpoint WHERE id = ?'),
      ofRun: connection.prepare<[number], Row>('SELECT * FROM checkpoint WHERE run_id = ? ORDER BY step, id'),
      remove: connection.prepare<[number]>('DELETE FROM checkpoint WHERE id = ?'),
      // The same files written again: what a run that was resumed does.
      replace: connection.prepare<[string]>('DELETE FROM checkpoint WHERE path = ?'),
      insert: connection.prepare<Record<string, string | number>>(`
        INSERT INTO checkpoint(run_id, kind, step, epoch, path, metrics, bytes, created_at, weights_sha256,
          next_batch_sha256, config)
        VALUES (@runId, @kind, @step, @epoch, @path, @metrics, @bytes, @createdAt, @weightsSha256, @nextBatchSha256,
          @config)`),
    }
  }

  all(): Checkpoint[] {
    return this.#statements.all.all().map((row) => this.#read(row))
  }

  /** By step. */
  ofRun(runId: number): Checkpoint[] {
    return this.#statements.ofRun.all(runId).map((row) => this.#read(row))
  }

  /** @throws UserError `checkpoint/unknown` */
  get(id: number): Checkpoint {
    return this.#read(this.#row(id))
  }

  /** The configuration that was in force. @throws UserError `checkpoint/unknown` */
  config(id: number): TrainConfig {
    return trainConfigSchema.parse(JSON.parse(this.#row(id).config))
  }

  add({ metrics, config, ...rest }: NewCheckpoint): void {
    const path = relative(this.#folder, rest.path)
    this.#statements.replace.run(path)
    this.#statements.insert.run({
      ...rest,
      path,
      metrics: JSON.stringify(metrics),
      config: JSON.stringify(config),
    })
  }

  remove(id: number): void {
    this.#statements.remove.run(id)
  }

  #read(row: Row): Checkpoint {
    return checkpointSchema.parse({
      id: row.id,
      runId: row.run_id,
      kind: row.kind,
      step: row.step,
      epoch: row.epoch,
      path: join(this.#folder, row.path),
      metrics: JSON.parse(row.metrics) as unknown,
      bytes: row.bytes,
      createdAt: row.created_at,
      weightsSha256: row.weights_sha256,
      nextBatchSha256: row.next_batch_sha256,
    })
  }

  #row(id: number): Row {
    const row = this.#statements.one.get(id)
    if (row) return row
    throw new UserError({
      code: 'checkpoint/unknown',
      what: `There is no checkpoint ${id} in this workspace.`,
      mend: 'A newer one may have replaced it; choose one of those that the run lists.',
    })
  }
}

/** Checkpoints of one run that those after them replace: all but the newest of `best`, `last`, and `keep` of `step`. */
export function replaced(checkpoints: readonly Checkpoint[], keep: number): Checkpoint[] {
  const kept = { best: 1, last: 1, step: keep, change: keep, halted: Infinity }
  const seen = { best: 0, last: 0, step: 0, change: 0, halted: 0 }
  return checkpoints.toReversed().filter(({ kind }) => ++seen[kind] > kept[kind])
}
