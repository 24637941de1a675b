/** Sweeps with their trials, and the order of the queue. */
import { readDocument } from '../common/document.ts'
import { UserError, type Refusal } from '../common/errors.ts'
import { refusalSchema } from '../common/schemas.ts'
import {
  sweepStatusSchema,
  trialStatusSchema,
  type SweepStatus,
  type Trial,
  type TrialStatus,
} from '../common/sweeps/contract.ts'
import { choicesSchema, sweepSpecSchema, type Choices, type SweepSpec } from '../common/sweeps/spec.ts'
import type { PlannedTrial } from '../common/sweeps/trials.ts'
import type { Connection } from './database.ts'

export interface SweepRecord {
  id: number
  name: string
  status: SweepStatus
  createdAt: number
  endedAt: number | null
  /** Sweeps are worked on from low to high. */
  position: number
  remark: string | null
  spec: SweepSpec
  /** Of all its runs together. */
  seconds: number
}

interface Row {
  id: number
  name: string
  status: string
  created_at: number
  ended_at: number | null
  position: number
  remark: string | null
  spec: string
  seconds: number
}

interface TrialRow {
  number: number
  status: string
  choices: string
  seed: number
  run_values: string
  error: string | null
  run_id: number | null
}

const columns = `
  SELECT sweep.*, (SELECT coalesce(sum(seconds), 0.0) FROM run WHERE run.sweep_id = sweep.id) AS seconds FROM sweep`

export class Sweeps {
  readonly #statements
  /** Specs never change, and reading one takes a millisecond or more. */
  readonly #specs = new Map<number, SweepSpec>()
  /** Of each sweep by number: nor do the choices of its trials, of which there may be two thousand. */
  readonly #choices = new Map<number, Map<number, Choices>>()
  /** How often the trials of each sweep were written. */
  readonly #written = new Map<number, number>()
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
    this.#statements = {
      all: connection.prepare<[], Row>(`${columns} ORDER BY position, id`),
      queued: connection.prepare<[], Row>(`${columns} WHERE status = 'queued' ORDER BY position, id`),
      one: connection.prepare<[number], Row>(`${columns} WHERE id = ?`),
      insert: connection.prepare<[string, number, string]>(`
        INSERT INTO sweep(name, status, created_at, position, spec)
        VALUES (?, 'queued', ?, (SELECT coalesce(max(position), 0) + 1 FROM sweep), ?)`),
      setStatus: connection.prepare<[string, string | null, number | null, number]>(
        'UPDATE sweep SET status = ?, remark = ?, ended_at = ? WHERE id = ?',
      ),
      setPosition: connection.prepare<[number, number]>('UPDATE sweep SET position = ? WHERE id = ?'),
      leaveRuns: connection.prepare<[number]>('UPDATE run SET sweep_id = NULL WHERE sweep_id = ?'),
      remove: connection.prepare<[number]>('DELETE FROM sweep WHERE id = ?'),
      trials: connection.prepare<[number], TrialRow>(
        'SELECT * FROM trial WHERE sweep_id = ? ORDER BY number',
      ),
      gone: connection
        .prepare<[number], number>(
          `SELECT number FROM trial LEFT JOIN run ON run.id = trial.run_id
          WHERE trial.sweep_id = ? AND (run.binned_at IS NOT NULL OR (run_id IS NULL AND run_values <> '[]'))`,
        )
        .pluck(),
      insertTrial: connection.prepare<[number, number, string, number]>(
        "INSERT INTO trial(sweep_id, number, status, choices, seed) VALUES (?, ?, 'waiting', ?, ?)",
      ),
      setTrial: connection.prepare<[string, number | null, string, string | null, number, number]>(
        'UPDATE trial SET status = ?, run_id = ?, run_values = ?, error = ? WHERE sweep_id = ? AND number = ?',
      ),
      interrupt: connection.prepare("UPDATE trial SET status = 'waiting' WHERE status = 'running'"),
    }
  }

  /** In the order of the queue, those that have ended too. */
  list(): SweepRecord[] {
    return this.#statements.all.all().map((row) => this.#read(row))
  }

  /** Those that train or wait for their turn, in their order. */
  queued(): SweepRecord[] {
    return this.#statements.queued.all().map((row) => this.#read(row))
  }

  /** @throws UserError `sweeps/unknown` */
  get(id: number): SweepRecord {
    const row = this.#statements.one.get(id)
    if (row) return this.#read(row)
    throw new UserError({
      code: 'sweeps/unknown',
      what: `There is no sweep ${id} in this workspace.`,
      mend: 'It may have been removed; look at the list of sweeps.',
    })
  }

  /** At the end of the queue. Call inside a transaction. @returns its id */
  create(name: string, spec: SweepSpec, trials: readonly PlannedTrial[]): number {
    const { lastInsertRowid } = this.#statements.insert.run(name, Date.now(), JSON.stringify(spec))
    const id = Number(lastInsertRowid)
    for (const { number, choices, seed } of trials)
      this.#statements.insertTrial.run(id, number, JSON.stringify(choices), seed)
    return id
  }

  setStatus(id: number, status: SweepStatus, remark: string | null): void {
    const endedAt = status === 'finished' || status === 'stopped' ? Date.now() : null
    this.#statements.setStatus.run(status, remark, endedAt, id)
  }

  setPosition(id: number, position: number): void {
    this.#statements.setPosition.run(position, id)
  }

  /** Its runs stay. Call inside a transaction. */
  remove(id: number): void {
    this.#statements.leaveRuns.run(id)
    this.#statements.remove.run(id)
    for (const kept of [this.#specs, this.#choices, this.#written]) kept.delete(id)
  }

  /** By number. */
  trials(id: number): Trial[] {
    const known = this.#choices.get(id) ?? new Map<number, Choices>()
    this.#choices.set(id, known)
    const choicesOf = ({ number, choices }: TrialRow): Choices => {
      const read = known.get(number) ?? choicesSchema.parse(JSON.parse(choices))
      known.set(number, read)
      return read
    }
    return this.#statements.trials.all(id).map((row) => ({
      number: row.number,
      status: trialStatusSchema.parse(row.status),
      choices: choicesOf(row),
      seed: row.seed,
      runId: row.run_id,
      values: readValues(row.run_values),
      error: row.error === null ? null : refusalSchema.parse(JSON.parse(row.error)),
    }))
  }

  /** The numbers of trials whose run is in the bin or was deleted after it had a value. */
  gone(id: number): ReadonlySet<number> {
    return new Set(this.#statements.gone.all(id))
  }

  /** Another text whenever something of the trials may be different, whoever wrote it. */
  version(id: number): string {
    return `${this.#written.get(id) ?? 0}/${String(this.#connection.pragma('data_version', { simple: true }))}`
  }

  setTrial(
    sweepId: number,
    trial: Pick<Trial, 'number' | 'runId' | 'values'> & { status: TrialStatus; error: Refusal | null },
  ): void {
    const { number, status, runId, values, error } = trial
    const json = error ? JSON.stringify(error) : null
    this.#written.set(sweepId, (this.#written.get(sweepId) ?? 0) + 1)
    this.#statements.setTrial.run(status, runId, JSON.stringify(values), json, sweepId, number)
  }

  /** Of a process that has gone: its trials wait again, and its queue until somebody says that it goes on. */
  interruptAbandoned(remark: string): void {
    this.#statements.interrupt.run()
    for (const { id } of this.queued()) this.setStatus(id, 'paused', remark)
  }

  #read(row: Row): SweepRecord {
    const spec = this.#specs.get(row.id) ?? readSpec(row.spec)
    this.#specs.set(row.id, spec)
    return {
      id: row.id,
      name: row.name,
      status: sweepStatusSchema.parse(row.status),
      createdAt: row.created_at,
      endedAt: row.ended_at,
      position: row.position,
      remark: row.remark,
      spec,
      seconds: row.seconds,
    }
  }
}

/** Its model may be of an older version. */
function readSpec(text: string): SweepSpec {
  const spec = JSON.parse(text) as { document: unknown }
  return sweepSpecSchema.parse({ ...spec, document: readDocument(spec.document) })
}

const readValues = (text: string): (number | null)[] => {
  const values: unknown = JSON.parse(text)
  return Array.isArray(values) ? values.map((value) => (typeof value === 'number' ? value : null)) : []
}
