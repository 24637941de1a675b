import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

const activations = { none: 0, relu: 1, tanh: 2, sigmoid: 3, gelu: 4, silu: 5 } as const
export type Activation = keyof typeof activations

/** x `[..., in]` @ weight `[out, in]`^T + bias `[out]`, then the activation when one is named. */
export function linear(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options?: { activation?: Activation },
): Tensor {
  const activation = activations[options?.activation ?? 'none'] as number | undefined
  if (activation === undefined)
    throw new TypeError(
      `[linear] unknown activation ${String(options?.activation)}, use ${Object.keys(activations).join(', ')}`,
    )
  return new Tensor(native.linear(x.id, weight.id, bias ? bias.id : 0, activation))
}

/** relu(linear(...)) in one kernel. */
export function linearRelu(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  return new Tensor(native.linear(x.id, weight.id, bias ? bias.id : 0, activations.relu))
}
