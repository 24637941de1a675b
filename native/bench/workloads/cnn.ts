/** 3x3 convolutions with ReLU and max pooling, one linear layer, SGD: torch/cnn.py is its twin. */
import { F, optim } from '../../../main/engine/index.ts'
import type { DType, Tensor } from '../../../main/engine/index.ts'
import { cycle, indices, Source } from '../source.ts'
import type { Step } from '../source.ts'

interface Options {
  batch: number
  channels?: readonly number[]
  size?: number
  classes?: number
  lr?: number
  dtype?: DType
}

export function cnn(options: Options): Step {
  const { batch, channels = [32, 64, 128], size = 32, classes = 10, lr = 0.02, dtype = 'float32' } = options
  const source = new Source(dtype)
  const layers: { weight: Tensor; bias: Tensor }[] = []
  let before = 3
  for (const count of channels) {
    const weight = source.weight([count, before, 3, 3], before * 9)
    layers.push({ weight, bias: source.zeros([count]) })
    before = count
  }
  const features = before * Math.floor(size / 2 ** channels.length) ** 2
  const weight = source.weight([classes, features], features)
  const bias = source.zeros([classes])
  const batches = cycle(4, () => ({
    x: source.values([batch, 3, size, size]),
    y: indices(source.integers(batch, 0, classes - 1)),
  }))
  const sgd = new optim.SGD([...layers.flatMap((layer) => [layer.weight, layer.bias]), weight, bias], { lr })
  return () => {
    const { x, y } = batches()
    let image = x
    for (const layer of layers)
      image = F.maxPool2d(F.conv2d(image, layer.weight, layer.bias, { padding: 1 }).relu(), 2)
    const loss = F.crossEntropy(F.linear(image.flatten(1), weight, bias), y)
    sgd.zeroGrad()
    loss.backward()
    sgd.step()
    return loss
  }
}
