/** What runs say of their validation samples, a page at a time, and where two runs disagree. */
import { pair, sortIntoBoxes, type Pairs, type Sorted } from '../common/predictions/disagreements.ts'
import {
  answerOf,
  countOf,
  type Disagreements,
  type DisagreementsQuery,
  type KeptPredictions,
  type Predictions,
  type PredictionsHead,
  type PredictionsPage,
  type PredictionsQuery,
} from '../common/predictions/predictions.ts'
import { UserError } from '../common/errors.ts'
import type { Run } from '../common/schemas.ts'
import type { Store } from '../store/index.ts'

interface Known {
  head: PredictionsHead
  predictions: Predictions
}

/** Of two runs as they were: paging through a box does not sort anew. */
interface Compared extends Sorted {
  key: string
  a: Known
  b: Known
  pairs: Pairs
  sameDataset: boolean
}

export class PredictionService {
  readonly #store: Store
  #compared: Compared | null = null

  constructor(store: Store) {
    this.#store = store
  }

  /** @throws UserError `runs/unknown`, `predictions/none` */
  page({ runId, kept, order, offset, limit }: PredictionsQuery): PredictionsPage {
    const { head, predictions } = this.#read(runId, kept)
    const { of, ids, firstRow } = predictions
    const places = Array.from({ length: head.count }, (_, at) => at)
    // What is not a number is worse than any loss.
    const loss = (at: number): number => (Number.isNaN(of.loss[at]) ? Infinity : of.loss[at]!)
    if (order === 'loss') places.sort((x, y) => (loss(x) === loss(y) ? x - y : loss(y) > loss(x) ? 1 : -1))
    const rows = places.slice(offset, offset + limit).map((at) => ({
      row: firstRow + at,
      id: sampleId(ids, at),
      answer: answerOf(predictions, at),
    }))
    return { head, rows }
  }

  /** @throws UserError `runs/unknown`, `predictions/none`, `predictions/other-task`, `predictions/unmatched` */
  disagreements({ a, b, box, offset, limit }: DisagreementsQuery): Disagreements {
    const compared = this.#compare(a, b)
    const { pairs, boxes, relabelled } = compared
    const [one, other] = [compared.a.predictions, compared.b.predictions]
    const listed = (box && boxes.get(box)) ?? new Uint32Array()
    return {
      a: compared.a.head,
      b: compared.b.head,
      matchedBy: compared.sameDataset ? 'row' : 'content',
      boxes: [...boxes].map(([name, { length }]) => ({ box: name, count: length })),
      onlyA: countOf(one) - pairs.a.length,
      onlyB: countOf(other) - pairs.b.length,
      relabelled,
      rows: Array.from(listed.subarray(offset, offset + limit), (at) => ({
        row: other.firstRow + pairs.b[at]!,
        id: sampleId(other.ids, pairs.b[at]!),
        a: answerOf(one, pairs.a[at]!),
        b: answerOf(other, pairs.b[at]!),
      })),
    }
  }

  #compare(runA: number, runB: number): Compared {
    const key = [runA, runB]
      .map((id) => `${id} ${JSON.stringify(this.#store.predictions.steps(id))}`)
      .join('; ')
    if (this.#compared?.key === key) return this.#compared
    const [a, b] = [this.#read(runA, null), this.#read(runB, null)]
    if (a.predictions.of.task !== b.predictions.of.task)
      throw new UserError({
        code: 'predictions/other-task',
        what: `Runs ${runA} and ${runB} predict different things: their samples cannot be compared.`,
        mend: 'Choose two runs with the same task.',
      })
    const sameDataset = a.head.datasetId === b.head.datasetId
    const pairs = pair(a.predictions, b.predictions, sameDataset)
    if (!pairs)
      throw new UserError({
        code: 'predictions/unmatched',
        what: `Runs ${runA} and ${runB} were trained on different data sets, and the samples of one cannot be recognised in the other.`,
        mend: 'Compare runs on the same data set. Running text, and data sets from before samples had fingerprints, are matched in no other way.',
      })
    this.#compared = { key, a, b, pairs, sameDataset, ...sortIntoBoxes(a.predictions, b.predictions, pairs) }
    return this.#compared
  }

  #read(runId: number, wanted: KeptPredictions | null): Known {
    const run = this.#store.runs.get(runId)
    const steps = this.#store.predictions.steps(runId)
    const kept = wanted ?? (steps.best === undefined ? 'last' : 'best')
    const predictions = this.#store.predictions.get(runId, kept)
    if (!predictions) throw none(run)
    const { step, epoch, total } = predictions
    const count = countOf(predictions)
    const { datasetId } = run
    return { head: { runId, kept, split: 'validation', step, epoch, datasetId, count, total }, predictions }
  }
}

const sampleId = (ids: BigUint64Array | null, at: number): string | null =>
  ids ? ids[at]!.toString(16).padStart(16, '0') : null

const none = ({ id, config }: Pick<Run, 'id' | 'config'>): UserError =>
  new UserError({
    code: 'predictions/none',
    what: `Run ${id} has no predictions of validation samples.`,
    mend:
      config === null
        ? 'It was trained by another tool.'
        : config.overfitBatch
          ? 'It was trained on one batch, and nothing was validated.'
          : 'They are kept after every epoch that was validated, so a run that ended before its first has none.',
  })
