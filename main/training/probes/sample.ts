/** Evenly spaced values of tensors, read into one buffer. Statistics do not depend on the order of the values. */
import { scope, type Tensor } from '../../engine/index.ts'

/** Values looked at in each part of a layer. The spread of so many is that of all within 1.2 % (one sigma). */
export const sampleSize = 4096

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b))

/**
 * Distance between looked-at values, so that about `most` of `total` are left. It shares no factor with any size, or
 * the values would all lie in a few rows and columns.
 */
export function distanceFor(total: number, most: number, sizes: readonly number[]): number {
  let distance = Math.max(1, Math.ceil(total / most))
  while (distance > 1 && sizes.some((size) => greatestDivisor(size, distance) > 1)) distance++
  return distance
}

/** The tensor's values in a row as they lie in memory; a copy only where they do not lie without gaps. */
export function inMemoryOrder(tensor: Tensor): Tensor {
  const plain = tensor.detach()
  if (plain.isContiguous) return plain.view(-1)
  const { strides, shape } = plain
  const order = shape.map((_, axis) => axis).sort((a, b) => (strides[b] ?? 0) - (strides[a] ?? 0))
  const turned = plain.permute(order)
  return (turned.isContiguous ? turned : turned.contiguous()).view(-1)
}

/** Every `distance`-th value as a view, from the first on; the last `numel % distance` are left out. */
export function spaced(tensor: Tensor, distance: number): Tensor {
  const row = inMemoryOrder(tensor)
  const count = Math.floor(row.numel / distance)
  if (distance === 1 || count === 0) return row
  return row
    .narrow(0, 0, count * distance)
    .unflatten(0, [count, distance])
    .narrow(1, 0, 1)
}

/** A buffer that values are read into; grown as needed, used again and again. */
export class Sample {
  #buffer = new Float32Array(sampleSize * 2)
  #length = 0

  /** What was read last. Overwritten by the next read. */
  get values(): Float32Array {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Reads every `distance`-th value of all tensors. float32 only. */
  read(tensors: readonly Tensor[], distance: number): Float32Array {
    this.#length = 0
    scope(() => {
      for (const tensor of tensors) {
        const view = spaced(tensor.dtype === 'float32' ? tensor : tensor.detach().to('float32'), distance)
        this.#reserve(this.#length + view.numel)
        view.readInto(this.#buffer.subarray(this.#length, this.#length + view.numel))
        this.#length += view.numel
      }
    })
    return this.values
  }

  #reserve(length: number): void {
    if (length <= this.#buffer.length) return
    const larger = new Float32Array(Math.max(length, this.#buffer.length * 2))
    larger.set(this.#buffer)
    this.#buffer = larger
  }
}
