/** The update alone, gradients given: torch/adamw.py is its twin. */
import { optim } from '../../../main/engine/index.ts'
import type { Tensor } from '../../../main/engine/index.ts'
import { Source } from '../source.ts'
import type { Step } from '../source.ts'

export function adamw(count = 50, size = 256): Step {
  const source = new Source()
  const parameters = Array.from({ length: count }, () => source.weight([size, size], size))
  for (const p of parameters) p.grad = source.values([size, size], 0.1)
  const optimizer = new optim.AdamW(parameters, { lr: 1e-3 })
  return () => {
    optimizer.step()
    return parameters.at(-1) as Tensor
  }
}
