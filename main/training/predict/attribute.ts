/**
 * What in an input an answer came from.
 *
 * - Of images, the largest absolute gradient of the channels at each pixel (Simonyan, Vedaldi, Zisserman 2014, Deep inside
 *   convolutional networks), or Grad-CAM (Selvaraju et al. 2017): the maps of the last layer that still has places,
 *   weighed by the mean of their gradients, rectified.
 * - Of tokens, gradient times input, summed over the vector that an Embedding made of each; of rows, gradient times the
 *   normalised value (Shrikumar et al. 2016, Not just a black box).
 */
import { scope, type Tensor } from '../../engine/index.ts'
import type { Explain } from '../../common/predict/subject.ts'
import type { Extents, Model } from '../model.ts'
import { lastOf } from './lastOf.ts'

export type AttributionAsked = Explain

export interface Attribution {
  /** Which output it is of. */
  output: number
  /** Of a map `[height, width]`, of tokens `[T]`, of features `[features]`; NaN where no gradient reaches. */
  values: Float32Array
  shape: number[]
}

/**
 * Of the first sample of a batch. The model stays as it is.
 * @returns null where there is nothing to go by: Grad-CAM without a layer that has places, tokens without an Embedding
 */
export function attribute(
  model: Model,
  inputs: Tensor,
  extents: Extents,
  { method, output }: AttributionAsked,
): Attribution | null {
  return scope(() => {
    const input = inputs.narrow(0, 0, 1).detach()
    const first = Object.fromEntries(
      Object.entries(extents).map(([name, sizes]) => [name, sizes.slice(0, 1)]),
    )
    const image = input.rank === 4
    const tokens = input.dtype === 'int64'
    if (!tokens) input.requiresGrad = true
    /** What the gradient is wanted of, when it is not the input. */
    let places: Tensor | null = null
    const vectors: Tensor[] = []
    const frozen = [...model.tensors.values()].filter(({ requiresGrad }) => requiresGrad)
    try {
      // Gradients of weights are nobody's business here; but where tokens are read, the tape begins at them.
      if (!tokens) for (const weight of frozen) weight.requiresGrad = false
      const result = lastOf(
        model.forward(input, false, first, ({ layer }, results) => {
          const [made] = Object.values(results)
          if (!made?.requiresGrad) return
          if (image && method === 'grad-cam' && layer.kind !== 'input' && hasPlaces(made)) places = made
          if (layer.kind === 'embedding') vectors.push(made)
        }),
      )
      const chosen = output ?? result.argmax(1).item()
      const score = result.select(1, chosen).sum()
      if (places) return classActivation(score, places, chosen)
      if (method === 'grad-cam') return null
      if (tokens) return timesInput(score, vectors, chosen)
      score.backward()
      const { grad } = input
      if (!grad) return null
      return image ? largestOfChannels(grad, chosen) : flat(grad.mul(input.detach()), chosen)
    } finally {
      for (const weight of frozen) {
        weight.requiresGrad = true
        weight.grad = null
      }
    }
  })
}

/** More than one place, high and wide. */
const hasPlaces = ({ rank, shape }: Tensor): boolean =>
  rank === 4 && (shape[2] ?? 1) > 1 && (shape[3] ?? 1) > 1

function classActivation(score: Tensor, places: Tensor, output: number): Attribution {
  places.retainGrad()
  score.backward()
  const weights = (places.grad as Tensor).mean([2, 3], true)
  const map = places.detach().mul(weights).sum(1).relu()
  return { output, values: map.toTypedArray() as Float32Array, shape: map.shape.slice(1) }
}

function timesInput(score: Tensor, vectors: readonly Tensor[], output: number): Attribution | null {
  if (vectors.length === 0) return null
  for (const vector of vectors) vector.retainGrad()
  score.backward()
  const sums = vectors.flatMap((vector) => {
    const { grad } = vector
    return grad ? [vector.detach().mul(grad).sum(2)] : []
  })
  const [sum, ...more] = sums
  if (!sum) return null
  return flat(
    more.reduce((all, one) => all.add(one), sum),
    output,
  )
}

function largestOfChannels(grad: Tensor, output: number): Attribution {
  const map = grad.abs().amax(1)
  return { output, values: map.toTypedArray() as Float32Array, shape: map.shape.slice(1) }
}

const flat = (values: Tensor, output: number): Attribution => ({
  output,
  values: values.flatten().toTypedArray() as Float32Array,
  shape: [values.numel],
})
