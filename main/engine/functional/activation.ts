import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

// Element by element: any shape in, the same shape out; floating dtypes only.

/** x Phi(x) (Hendrycks and Gimpel 2016); `approximate: 'tanh'` is their form by tanh. */
export function gelu(x: Tensor, options: { approximate?: 'none' | 'tanh' } = {}): Tensor {
  const form = options.approximate ?? 'none'
  if (form !== 'none' && form !== 'tanh')
    throw new TypeError(`[gelu] unknown approximation ${String(form)}, use none or tanh`)
  return new Tensor(native.gelu(x.id, form === 'tanh'))
}
/** x sigmoid(x), also known as swish. */
export const silu = (x: Tensor): Tensor => new Tensor(native.silu(x.id))
/** x tanh(softplus(x)) (Misra 2019). */
export const mish = (x: Tensor): Tensor => new Tensor(native.mish(x.id))
/** x above zero, slope * x below. */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => new Tensor(native.leakyRelu(x.id, slope))
/** x above zero, alpha (e^x - 1) below. */
export const elu = (x: Tensor, alpha = 1): Tensor => new Tensor(native.elu(x.id, alpha))
/** elu with the constants that keep mean 0 and variance 1 (Klambauer et al. 2017). */
export const selu = (x: Tensor): Tensor => new Tensor(native.selu(x.id))
/** log(1 + e^(beta x)) / beta; x itself where beta x > threshold. */
export function softplus(x: Tensor, options: { beta?: number; threshold?: number } = {}): Tensor {
  return new Tensor(native.softplus(x.id, options.beta ?? 1, options.threshold ?? 20))
}
/** log(sigmoid(x)), without overflow. */
export const logSigmoid = (x: Tensor): Tensor => new Tensor(native.logSigmoid(x.id))
/** x cut off at low and high; no gradient at or beyond them. */
export const hardtanh = (x: Tensor, low = -1, high = 1): Tensor =>
  new Tensor(native.hardtanh(x.id, low, high))
/** x cut off at 0 and 6. */
export const relu6 = (x: Tensor): Tensor => new Tensor(native.relu6(x.id))
/** (x + 3) / 6 cut off at 0 and 1. */
export const hardsigmoid = (x: Tensor): Tensor => new Tensor(native.hardsigmoid(x.id))
/** x hardsigmoid(x) (Howard et al. 2019). */
export const hardswish = (x: Tensor): Tensor => new Tensor(native.hardswish(x.id))
