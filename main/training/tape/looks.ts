/** What is kept of the gradients that pass through backward: figures of each, and small pictures of the first ones. */
import { sampleStatistics, type Tensor } from '../../engine/index.ts'
import { pictureOf } from '../pictures.ts'
import type { PackedGradients, PackedLook, PackedPicture } from './packed.ts'

/** Values of all pictures of a record together: they cross to the main thread at once, which must not hold it up. */
const mostValues = 1_000_000
/** A node with more inputs than this shows the gradients of its first ones. */
const mostInputs = 16

export class Looks {
  /** By number of the node. */
  readonly nodes = new Map<number, PackedGradients>()
  /** Samples of the batch: gradients of so many rows are of samples, others of weights or sums. */
  size = 0
  /** Whether a node is looked at. */
  listed: (node: number) => boolean = () => true
  #values = 0
  /** Room for the values of one gradient. */
  #sample = new Float32Array(0)

  readonly look = (node: number, given: boolean, gradients: readonly (Tensor | null)[]): void => {
    if (!this.listed(node)) return
    const entry = this.nodes.get(node) ?? { arrives: [], gives: [] }
    this.nodes.set(node, entry)
    const looks = gradients.slice(0, mostInputs).map((gradient) => gradient && this.#lookAt(gradient))
    if (given) entry.gives = looks
    else entry.arrives = looks
  }

  #lookAt(gradient: Tensor): PackedLook {
    const { shape, dtype, numel } = gradient
    const values = gradient.detach().contiguous()
    if (this.#sample.length < numel) this.#sample = new Float32Array(numel)
    const found = sampleStatistics([values], 1, this.#sample.subarray(0, numel))
    const { count, notFinite, zeros, sum, sumOfSquares } = found
    const mean = count > 0 ? sum / count : 0
    const bySample = shape.length > 0 && shape[0] === this.size
    return {
      shape: [...shape],
      dtype,
      norm: Math.sqrt(sumOfSquares),
      mean,
      spread: count > 0 ? Math.sqrt(Math.max(0, sumOfSquares / count - mean * mean)) : 0,
      zeroShare: numel > 0 ? zeros / numel : 0,
      notFinite,
      picture: numel > 0 && this.#values < mostValues ? this.#draw(values, bySample) : null,
      shows: bySample ? 'first sample' : 'all values',
    }
  }

  #draw(values: Tensor, bySample: boolean): PackedPicture | null {
    const drawn = bySample ? values.narrow(0, 0, 1) : values.reshape(wholeShape(values.shape))
    const picture = pictureOf(drawn.to('float32').toTypedArray() as Float32Array, drawn.shape)
    if (!picture) return null
    const maps = picture.maps.map((map) => Float32Array.from(map))
    for (const { length } of maps) this.#values += length
    return { ...picture, maps }
  }
}

/** As one sample: a row of bars, or a matrix with a row for each output. */
function wholeShape(shape: readonly number[]): number[] {
  const [rows = 1, ...rest] = shape
  if (rest.length === 0) return [1, rows]
  return [1, 1, rows, rest.reduce((a, b) => a * b, 1)]
}
