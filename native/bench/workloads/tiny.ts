/** What one op costs: torch/tiny.py is its twin. Nothing is learned. */
import { noGrad, tensor } from '../../../main/engine/index.ts'
import type { Step } from '../source.ts'

/** A thousand additions of two 1-element tensors. */
export function add(): Step {
  const a = tensor([1])
  const b = tensor([2])
  return () =>
    noGrad(() => {
      for (let i = 0; i < 1000; i++) a.add(b)
      return a
    })
}

/** A hundred multiplications in a row, forward and backward. */
export function chain(): Step {
  const a = tensor([1], { requiresGrad: true })
  const b = tensor([1.0001])
  return () => {
    let c = a
    for (let i = 0; i < 100; i++) c = c.mul(b)
    a.grad = null
    c.backward()
    return c
  }
}
