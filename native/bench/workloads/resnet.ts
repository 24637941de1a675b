/** ResNet-18 with the 3x3 stem of CIFAR, SGD with momentum: torch/resnet.py is its twin. */
import { autocast, F, full, optim } from '../../../main/engine/index.ts'
import type { Tensor } from '../../../main/engine/index.ts'
import { cycle, indices, Source } from '../source.ts'
import type { Step } from '../source.ts'

type Layer = (x: Tensor) => Tensor

/** Makes layers and collects their parameters. */
class Network {
  readonly parameters: Tensor[] = []
  readonly source = new Source()

  parameter(x: Tensor): Tensor {
    this.parameters.push(x)
    return x
  }
  /** A convolution without bias, and batch norm. */
  conv(outputs: number, inputs: number, size: number, stride = 1): Layer {
    const kernel = this.parameter(this.source.weight([outputs, inputs, size, size], inputs * size * size))
    const weight = this.parameter(this.source.ones([outputs]))
    const bias = this.parameter(this.source.zeros([outputs]))
    const runningMean = full([outputs], 0)
    const runningVar = full([outputs], 1)
    const options = { stride, padding: Math.floor(size / 2) }
    return (x) =>
      F.batchNorm(F.conv2d(x, kernel, null, options), { runningMean, runningVar, weight, bias, training: true }) // prettier-ignore
  }
  block(outputs: number, inputs: number, stride: number): Layer {
    const first = this.conv(outputs, inputs, 3, stride)
    const second = this.conv(outputs, outputs, 3)
    const shortcut = stride !== 1 || inputs !== outputs ? this.conv(outputs, inputs, 1, stride) : null
    return (x) => second(first(x).relu()).add(shortcut ? shortcut(x) : x).relu() // prettier-ignore
  }
}

interface Options {
  batch: number
  channels?: readonly number[]
  size?: number
  classes?: number
  lr?: number
  bf16?: boolean
}

export function resnet(options: Options): Step {
  const { batch, channels = [64, 128, 256, 512], size = 32, classes = 10, lr = 1e-3 } = options
  const network = new Network()
  const { source } = network
  let before = channels[0] as number
  const stem = network.conv(before, 3, 3)
  const blocks: Layer[] = []
  channels.forEach((count, stage) => {
    for (let index = 0; index < 2; index++) {
      blocks.push(network.block(count, before, stage > 0 && index === 0 ? 2 : 1))
      before = count
    }
  })
  const weight = network.parameter(source.weight([classes, before], before))
  const bias = network.parameter(source.zeros([classes]))
  const batches = cycle(4, () => ({
    x: source.values([batch, 3, size, size]),
    y: indices(source.integers(batch, 0, classes - 1)),
  }))
  const sgd = new optim.SGD(network.parameters, { lr, momentum: 0.9 })
  const forward = (x: Tensor, y: Tensor): Tensor => {
    let image = stem(x).relu()
    for (const block of blocks) image = block(image)
    return F.crossEntropy(F.linear(F.adaptiveAvgPool2d(image, 1).flatten(1), weight, bias), y)
  }
  return () => {
    const { x, y } = batches()
    const loss = options.bf16 ? autocast('bfloat16', () => forward(x, y)) : forward(x, y)
    sgd.zeroGrad()
    loss.backward()
    sgd.step()
    return loss
  }
}
