/** What runs say of the samples of a split: one blob for each kept set of predictions, read and written whole. */
import { z } from 'zod'
import {
  keptPredictionsSchema,
  type KeptPredictions,
  type Predictions,
} from '../common/predictions/predictions.ts'
import type { Connection } from './database.ts'

const headSchema = z.object({
  step: z.number(),
  epoch: z.number(),
  firstRow: z.number(),
  total: z.number(),
  /** Samples that the columns are of. */
  count: z.number().int().min(0),
  ids: z.boolean(),
  of: z.discriminatedUnion('task', [
    z.object({ task: z.literal('classify'), classes: z.array(z.string()) }),
    z.object({ task: z.literal('regress'), targets: z.array(z.string()) }),
    z.object({ task: z.literal('next-token') }),
  ]),
})
type Head = z.infer<typeof headSchema>

/** A kept set as it lies in the database, to be carried to another one. */
export interface PackedPredictions {
  kept: KeptPredictions
  head: unknown
  columns: Buffer
}

/** Only this one is told yet: a checkpoint's epoch evaluates it. */
const split = 'validation'

export class StoredPredictions {
  readonly #statements

  constructor(connection: Connection) {
    this.#statements = {
      put: connection.prepare<[number, string, string, number, string, Buffer]>(
        'INSERT OR REPLACE INTO prediction(run_id, split, kept, step, head, columns) VALUES (?, ?, ?, ?, ?, ?)',
      ),
      get: connection.prepare<[number, string, string], { head: string; columns: Buffer }>(
        'SELECT head, columns FROM prediction WHERE run_id = ? AND split = ? AND kept = ?',
      ),
      kept: connection.prepare<[number, string], { kept: string; step: number }>(
        'SELECT kept, step FROM prediction WHERE run_id = ? AND split = ?',
      ),
      forget: connection.prepare<[number, number]>('DELETE FROM prediction WHERE run_id = ? AND step > ?'),
    }
  }

  /** In the place of those that the run had of the kind. Call inside a transaction. */
  put(runId: number, kept: KeptPredictions, predictions: Predictions): void {
    const { head, columns } = pack(predictions)
    this.#statements.put.run(runId, split, kept, head.step, JSON.stringify(head), columns)
  }

  /** The steps that a run's predictions are of, by kind. */
  steps(runId: number): Partial<Record<KeptPredictions, number>> {
    return Object.fromEntries(this.#statements.kept.all(runId, split).map(({ kept, step }) => [kept, step]))
  }

  get(runId: number, kept: KeptPredictions): Predictions | null {
    const row = this.#statements.get.get(runId, split, kept)
    return row ? unpack(headSchema.parse(JSON.parse(row.head)), row.columns) : null
  }

  /** Every kept set of a run, for `putPacked`. */
  *packed(runId: number): Generator<PackedPredictions> {
    for (const kept of keptPredictionsSchema.options) {
      const row = this.#statements.get.get(runId, split, kept)
      if (row) yield { kept, head: JSON.parse(row.head) as unknown, columns: row.columns }
    }
  }

  /** Call inside a transaction. @returns false where they are none: nothing is put then */
  putPacked(runId: number, { kept, head, columns }: PackedPredictions): boolean {
    const read = headSchema.safeParse(head)
    if (!read.success || bytesOf(read.data) !== columns.length) return false
    this.#statements.put.run(runId, split, kept, read.data.step, JSON.stringify(read.data), columns)
    return true
  }

  /** Call inside a transaction. */
  forgetAfter(runId: number, step: number): void {
    this.#statements.forget.run(runId, step)
  }
}

/** Ids first, 8 bytes each; then every column in the order below, 4 bytes an element; in the machine's little endian. */
function pack({ of, ids, ...rest }: Predictions): { head: Head; columns: Buffer } {
  const head = { ...rest, count: of.loss.length, ids: ids !== null, of: described(of) }
  const parts = [...(ids ? [ids] : []), ...columnsOf(of)]
  const bytes = parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))
  return { head, columns: Buffer.concat(bytes) }
}

function described(of: Predictions['of']): Head['of'] {
  switch (of.task) {
    case 'classify':
      return { task: of.task, classes: [...of.classes] }
    case 'regress':
      return { task: of.task, targets: [...of.targets] }
    case 'next-token':
      return { task: of.task }
  }
}

function columnsOf(of: Predictions['of']): readonly (Uint32Array | Float32Array)[] {
  switch (of.task) {
    case 'classify':
      return [of.target, of.predicted, of.probability, of.ofTarget, of.loss]
    case 'regress':
      return [of.wanted, of.predicted, of.loss]
    case 'next-token':
      return [of.right, of.loss]
  }
}

/** Of the columns that a head is of. */
function bytesOf({ count, ids, of }: Head): number {
  const columns = { classify: 5, regress: 2 * ('targets' in of ? of.targets.length : 0) + 1, 'next-token': 2 }
  return count * (4 * columns[of.task] + (ids ? 8 : 0))
}

function unpack({ count, ids, of, ...rest }: Head, columns: Buffer): Predictions {
  let at = 0
  const take = (bytes: number): ArrayBuffer => {
    // A copy: what SQLite gives need not begin where an array of numbers may.
    const { buffer } = Uint8Array.from(columns.subarray(at, (at += bytes)))
    return buffer
  }
  const floats = (length = count): Float32Array => new Float32Array(take(4 * length))
  const whole = (): Uint32Array => new Uint32Array(take(4 * count))
  const own = ids ? new BigUint64Array(take(8 * count)) : null
  const read = (): Predictions['of'] => {
    switch (of.task) {
      case 'classify':
        return {
          ...of,
          target: whole(),
          predicted: whole(),
          probability: floats(),
          ofTarget: floats(),
          loss: floats(),
        }
      case 'regress': {
        const each = of.targets.length * count
        return { ...of, wanted: floats(each), predicted: floats(each), loss: floats() }
      }
      case 'next-token':
        return { ...of, right: floats(), loss: floats() }
    }
  }
  return { ...rest, ids: own, of: read() }
}
