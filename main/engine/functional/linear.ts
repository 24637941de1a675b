import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

/** x `[..., in]` @ weight `[out, in]`^T + bias `[out]`. */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  return new Tensor(native.linear(x.id, weight.id, bias ? bias.id : 0, false))
}

/** relu(linear(...)) in one kernel. */
export function linearRelu(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  return new Tensor(native.linear(x.id, weight.id, bias ? bias.id : 0, true))
}
