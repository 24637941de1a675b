/** What was taken for what, counted over an epoch: precision, recall and F1 of every class come from it. */
import { metrics } from '../common/schemas.ts'
import { keep, onesLike, scope, tensor, zeros, type Device, type Tensor } from '../engine/index.ts'

/** More classes than this are not counted: the table is their square. */
const mostClasses = 1000

/** F1 of each class is a metric of its own up to so many classes; more would drown the others. */
const mostNamed = 20

export interface ClassScore {
  /** Of what was taken for this class, the share that is it; 0 where nothing was. */
  precision: number
  /** Of what is this class, the share that was taken for it; 0 where there is none. */
  recall: number
  /** Harmonic mean of the two: 2 TP / (2 TP + FP + FN); null for a class that neither occurred nor was named. */
  f1: number | null
}

export class Confusion {
  readonly #names: readonly string[]
  /** int64 `[K * K]`, target * K + prediction. */
  readonly #counts: Tensor

  private constructor(names: readonly string[], device: Device) {
    this.#names = names
    this.#counts = keep(zeros([names.length ** 2], { dtype: 'int64', device }))
  }

  /** For the classes of a data set; null where there are none, or too many. @param device of what it is given */
  static of(names: readonly string[], device: Device): Confusion | null {
    return names.length === 0 || names.length > mostClasses ? null : new Confusion(names, device)
  }

  /** @param targets int64 `[B]` @param predictions int64 `[B]` */
  add(targets: Tensor, predictions: Tensor): void {
    scope(() => {
      const cells = targets.mul(this.#names.length).add(predictions)
      this.#counts.scatterAdd_(0, cells, onesLike(cells))
    })
  }

  /** What `add` changes. */
  get state(): readonly Tensor[] {
    return [this.#counts]
  }

  /** Row by row: how often class `target` was taken for class `prediction`. */
  counts(): Float64Array {
    return numbers(this.#counts)
  }

  /** Goes on from what `counts` gave. */
  restore(counts: Float64Array): void {
    scope(() => void this.#counts.copy_(tensor(counts, { dtype: 'int64', device: this.#counts.device })))
  }

  scores(): ClassScore[] {
    const size = this.#names.length
    const [actual, named, right] = scope(() => {
      const table = this.#counts.reshape([size, size])
      return [table.sum(1), table.sum(0), table.diagonal()].map(numbers)
    }) as [Float64Array, Float64Array, Float64Array]
    return this.#names.map((_, one) => {
      const seen = actual[one]! + named[one]!
      return {
        precision: right[one]! / (named[one]! || 1),
        recall: right[one]! / (actual[one]! || 1),
        f1: seen === 0 ? null : (2 * right[one]!) / seen,
      }
    })
  }

  /**
   * Macro F1, and of the validation split the F1 of each class. The mean is over the classes that occurred or were
   * named, as scikit-learn's is (f1_score, average="macro").
   */
  figures(part: 'train' | 'val'): [string, number][] {
    const scores = this.scores()
    const known = scores.flatMap(({ f1 }) => (f1 === null ? [] : [f1]))
    if (known.length === 0) return []
    const macro = known.reduce((sum, f1) => sum + f1, 0) / known.length
    const each = part === 'val' && scores.length <= mostNamed ? scores : []
    return [
      [part === 'val' ? metrics.valMacroF1 : metrics.trainMacroF1, macro],
      ...each.flatMap(({ f1 }, one): [string, number][] =>
        f1 === null ? [] : [[metrics.valF1(this.#names[one]!), f1]],
      ),
    ]
  }

  /** Begins a new epoch. */
  clear(): void {
    this.#counts.zero_()
  }

  dispose(): void {
    this.#counts.dispose()
  }
}

const numbers = (counts: Tensor): Float64Array =>
  Float64Array.from(counts.toTypedArray() as BigInt64Array, Number)
