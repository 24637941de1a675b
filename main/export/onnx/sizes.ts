/**
 * Sizes that are known only when the model runs, as layers see them. A layer passes sizes on and does not reckon with
 * them, so such a size may be any number that can be told from others: one that is not whole. What somebody makes of it by
 * reckoning is no number that was given out, and is refused.
 */
import { formatDim, isSymbolic, type Dim } from '../../common/dims.ts'
import { notInOnnx } from './refusal.ts'

/** Their cube roots are not whole, nor are sums of them, and hardly any product is. */
const first = 10_007

export class Sizes {
  readonly #numbers = new Map<string, number>()
  readonly #dims = new Map<number, Dim>()

  /** What stands for a size. */
  numberOf(dim: Dim): number {
    if (!isSymbolic(dim)) return dim
    const key = formatDim(dim)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = Math.cbrt(first + this.#numbers.size)
    this.#numbers.set(key, number)
    this.#dims.set(number, dim)
    return number
  }

  /** Whether a number stands for a size. */
  has(number: number): boolean {
    return this.#dims.has(number)
  }

  /** The size that a number is or stands for. @throws NotInOnnx for what is neither */
  dimOf(number: number): Dim {
    const dim = Number.isInteger(number) && number >= 0 ? number : this.#dims.get(number)
    if (dim === undefined) throw notInOnnx('it reckons with a size that is known only when the model runs')
    return dim
  }
}
