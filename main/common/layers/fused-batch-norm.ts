import { inputOf, type ForwardCall, type Layer } from '../layer.ts'
import type { TensorMethods } from '../ops.ts'

/**
 * A convolution with the batch norm behind it folded into its filters, for evaluation; made by rewrites. The batch
 * norm's own tensors are named `norm.weight` and so on.
 *
 *     γ (W∗x + b - mean) / √(variance + ε) + β  =  (W s)∗x + ((b - mean) s + β)  with  s = γ / √(variance + ε)
 */
export const withBatchNorm = (conv: Layer, eps: number): Layer => ({
  ...conv,
  kind: `${conv.kind}-batch-norm`,
  title: `${conv.title} + Batch norm`,
  hidden: true,
  forward: <T extends TensorMethods<T>>(call: ForwardCall<T>) => {
    const { weights } = call
    const weight = inputOf(weights, 'weight')
    const mean = inputOf(weights, 'norm.running_mean')
    const inverse = inputOf(weights, 'norm.running_var').add(eps).sqrt().reciprocal()
    const scale = weights['norm.weight'] ? inverse.mul(weights['norm.weight']) : inverse
    const centred = weights['bias'] ? weights['bias'].sub(mean) : mean.neg()
    const shifted = centred.mul(scale)
    const bias = weights['norm.bias'] ? shifted.add(weights['norm.bias']) : shifted
    const channels = weight.shape.map((size, axis) => (axis === 0 ? size : 1))
    return conv.forward({ ...call, weights: { weight: weight.mul(scale.reshape(channels)), bias } })
  },
})
