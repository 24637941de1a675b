/** MLP with one hidden layer, cross-entropy, SGD: torch/mlp.py is its twin. */
import { F, optim } from '../../../main/engine/index.ts'
import type { DType } from '../../../main/engine/index.ts'
import { cycle, indices, Source } from '../source.ts'
import type { Step } from '../source.ts'

interface Options {
  batch: number
  sizes?: readonly [inputs: number, hidden: number, classes: number]
  lr?: number
  dtype?: DType
}

export function mlp({ batch, sizes = [784, 256, 10], lr = 0.05, dtype = 'float32' }: Options): Step {
  const source = new Source(dtype)
  const [inputs, hidden, classes] = sizes
  const w1 = source.weight([hidden, inputs], inputs)
  const b1 = source.zeros([hidden])
  const w2 = source.weight([classes, hidden], hidden)
  const b2 = source.zeros([classes])
  const batches = cycle(8, () => ({
    x: source.values([batch, inputs]),
    y: indices(source.integers(batch, 0, classes - 1)),
  }))
  const sgd = new optim.SGD([w1, b1, w2, b2], { lr })
  return () => {
    const { x, y } = batches()
    const loss = F.crossEntropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), y)
    sgd.zeroGrad()
    loss.backward()
    sgd.step()
    return loss
  }
}
