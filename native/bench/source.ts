/** Where every measured program takes its numbers from: torch/source.py is its twin. */
import { full, tensor } from '../../main/engine/index.ts'
import type { DType, Tensor } from '../../main/engine/index.ts'

/** Number i of stream `seed` as an unsigned 32-bit integer: a hash that is the same in any language. */
function hash(seed: number, i: number): number {
  let h = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Each call takes the next stream: twins that ask in the same order get the same numbers. */
export class Source {
  readonly dtype: DType
  #seed = 0
  constructor(dtype: DType = 'float32') {
    this.dtype = dtype
  }
  /** Uniform in -scale..scale. */
  values(shape: readonly number[], scale = 1): Tensor {
    const seed = ++this.#seed
    const count = shape.reduce((a, b) => a * b, 1)
    const numbers = Float64Array.from({ length: count }, (_, i) => (hash(seed, i) / 2147483648 - 1) * scale)
    return tensor(numbers, { shape, dtype: this.dtype })
  }
  /** A parameter, uniform within 1 / sqrt(fan). */
  weight(shape: readonly number[], fan: number): Tensor {
    return this.values(shape, 1 / Math.sqrt(fan)).requiresGrad_()
  }
  zeros(shape: readonly number[]): Tensor {
    return full(shape, 0, { dtype: this.dtype, requiresGrad: true })
  }
  ones(shape: readonly number[]): Tensor {
    return full(shape, 1, { dtype: this.dtype, requiresGrad: true })
  }
  /** Uniform in low..high, both possible. */
  integers(count: number, low: number, high: number): number[] {
    const seed = ++this.#seed
    return Array.from({ length: count }, (_, i) => low + (hash(seed, i) % (high - low + 1)))
  }
}

/** One training step (or what else is measured): answers the loss. Runs inside a scope. */
export type Step = () => Tensor

/** A list's entries in turn, for ever. */
export function cycle<T>(count: number, make: (index: number) => T): () => T {
  const batches = Array.from({ length: count }, (_, index) => make(index))
  let at = 0
  return () => batches[at++ % count] as T
}

/** int64 `[count]` or of the given shape. */
export function indices(values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
  return tensor(Int32Array.from(values), { shape })
}
