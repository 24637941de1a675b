/** Samples that were prepared elsewhere, as one batch. */
import type { Dataset } from '../../common/data/dataset.ts'
import { tensor, type Tensor } from '../../engine/index.ts'
import type { Extents } from '../model.ts'

/** As stored, not normalised. */
export interface StoredValues {
  /** Row-major, of the data set's stored dtype. */
  values: Uint8Array | Int32Array | Float32Array
  shape: readonly number[]
}

/**
 * `[B, ...sample]`, as stored: shorter texts are padded with zeros. Everything else must be of one shape.
 * @throws TypeError when it is not
 */
export function together(
  samples: readonly StoredValues[],
  { content, sampleShape, storedDtype }: Pick<Dataset, 'content' | 'sampleShape' | 'storedDtype'>,
): { stored: Tensor; extents: Extents } {
  const [first] = samples
  if (!first) throw new TypeError('[predict] got no samples')
  const [symbol] = sampleShape
  if (content === 'tokens' && typeof symbol === 'string') {
    const lengths = samples.map(({ values }) => values.length)
    const longest = Math.max(...lengths)
    const all = new Int32Array(samples.length * longest)
    samples.forEach(({ values }, row) => all.set(values, row * longest))
    const stored = tensor(all, { dtype: 'int32', shape: [samples.length, longest] })
    return { stored, extents: { [symbol]: lengths } }
  }
  const size = first.values.length
  if (samples.some(({ shape }) => shape.join() !== first.shape.join()))
    throw new TypeError('[predict] samples of different shapes cannot share a batch')
  const all =
    storedDtype === 'uint8'
      ? new Uint8Array(samples.length * size)
      : storedDtype === 'int32'
        ? new Int32Array(samples.length * size)
        : new Float32Array(samples.length * size)
  samples.forEach(({ values }, row) => all.set(values, row * size))
  return {
    stored: tensor(all, { dtype: storedDtype, shape: [samples.length, ...first.shape] }),
    extents: {},
  }
}
