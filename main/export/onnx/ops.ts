/** The operations that layers call, as nodes of a graph: a layer's forward is its form in ONNX. */
import { multiply } from '../../common/dims.ts'
import { broadcast } from '../../common/expression/axes.ts'
import type { Ops } from '../../common/ops.ts'
import type { Attributes, Graph } from './graph.ts'
import { notInOnnx } from './refusal.ts'
import { sequences, joined } from './sequences.ts'
import { expanded } from './shaping.ts'
import type { Traced } from './traced.ts'
import { range, sliding } from './windows.ts'

const map = (op: string, x: Traced, attributes: Attributes = {}): Traced =>
  x.graph.one(op, [x], attributes, x.dims, x.dtype)

const ones = (graph: Graph, count: number): Traced =>
  graph.constant(new Array<number>(count).fill(1), [count], 'float32')
const zeros = (graph: Graph, count: number): Traced =>
  graph.constant(new Array<number>(count).fill(0), [count], 'float32')

/** @param weight `[out, in]` */
function linear(x: Traced, weight: Traced, bias: Traced | null): Traced {
  if (x.dims.length === 2) {
    const inputs = bias ? [x, weight, bias] : [x, weight]
    return x.graph.one('Gemm', inputs, { transB: { i: 1 } }, [x.dim(0), weight.dim(0)], x.dtype)
  }
  const product = x.matmul(weight.transpose(0, 1))
  return bias ? product.add(bias) : product
}

const relu = (x: Traced): Traced => map('Relu', x)
const sigmoid = (x: Traced): Traced => map('Sigmoid', x)
const tanh = (x: Traced): Traced => map('Tanh', x)

const batchNorm: Ops<Traced>['batchNorm'] = (
  x,
  { runningMean, runningVar, weight, bias, training, eps = 1e-5 },
) => {
  if (training || !runningMean || !runningVar) throw notInOnnx('it normalises by the batch')
  const { graph } = x
  const channels = Number(x.dim(1))
  const inputs = [x, weight ?? ones(graph, channels), bias ?? zeros(graph, channels), runningMean, runningVar]
  return graph.one('BatchNormalization', inputs, { epsilon: { f: eps } }, x.dims, x.dtype)
}

const layerNorm: Ops<Traced>['layerNorm'] = (x, _shape, weight, bias, { eps = 1e-5 } = {}) => {
  const width = Number(x.dim(-1))
  const inputs = [x, weight ?? ones(x.graph, width), ...(bias ? [bias] : [])]
  return x.graph.one('LayerNormalization', inputs, { axis: { i: -1 }, epsilon: { f: eps } }, x.dims, x.dtype)
}

const rmsNorm: Ops<Traced>['rmsNorm'] = (x, _shape, weight, { eps = 1e-6 } = {}) => {
  const normalised = x.div(x.square().mean(-1, true).add(eps).sqrt())
  return weight ? normalised.mul(weight) : normalised
}

/** By InstanceNormalization over groups: the operator for it has come and changed with newer versions of ONNX. */
const groupNorm: Ops<Traced>['groupNorm'] = (x, groups, weight, bias, { eps = 1e-5 } = {}) => {
  const { graph } = x
  const [batch = 0] = x.shape
  const grouped = x.reshape([batch, groups, -1])
  const inputs = [grouped, ones(graph, groups), zeros(graph, groups)]
  const attributes = { epsilon: { f: eps } }
  const normalised = graph
    .one('InstanceNormalization', inputs, attributes, grouped.dims, x.dtype)
    .reshape(x.shape)
  const form = x.shape.map((size, axis) => (axis === 1 ? size : 1))
  const scaled = weight ? normalised.mul(weight.reshape(form)) : normalised
  return bias ? scaled.add(bias.reshape(form)) : scaled
}

const gelu: Ops<Traced>['gelu'] = (x, { approximate = 'none' } = {}) => {
  const inner =
    approximate === 'none'
      ? x.mul(Math.SQRT1_2).erf()
      : tanh(x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI)))
  return x.mul(0.5).mul(inner.add(1))
}

const where: Ops<Traced>['where'] = (condition, a, b) => {
  const tensor = typeof a === 'number' ? (b as Traced) : a
  const [first, second] = [tensor.beside(a), tensor.beside(b)]
  const dims = [first, second].reduce((shape, one) => broadcast(shape, one.dims) ?? shape, condition.dims)
  return tensor.graph.one('Where', [condition, first, second], {}, dims, tensor.dtype)
}

const embedding: Ops<Traced>['embedding'] = (index, weight) =>
  index.graph.one('Gather', [weight, index], { axis: { i: 0 } }, [...index.dims, weight.dim(1)], weight.dtype)

function flatten(x: Traced, startDim: number): Traced {
  const dims = [...x.dims.slice(0, startDim), multiply(...x.dims.slice(startDim))]
  if (startDim === 1) return x.graph.one('Flatten', [x], { axis: { i: 1 } }, dims, x.dtype)
  return x.reshape([...x.shape.slice(0, startDim), -1])
}

const softplus: Ops<Traced>['softplus'] = (x, { beta = 1 } = {}) =>
  beta === 1 ? map('Softplus', x) : map('Softplus', x.mul(beta)).div(beta)

const loss = (): never => {
  throw notInOnnx('it computes a loss')
}

export const tracedOps = (graph: Graph): Ops<Traced> => ({
  ...sliding,
  ...sequences,
  linear,
  linearRelu: (x, weight, bias) => relu(linear(x, weight, bias)),
  batchNorm,
  layerNorm,
  rmsNorm,
  groupNorm,
  relu,
  leakyRelu: (x, slope = 0.01) => map('LeakyRelu', x, { alpha: { f: slope } }),
  elu: (x, alpha = 1) => map('Elu', x, { alpha: { f: alpha } }),
  gelu,
  silu: (x) => x.mul(sigmoid(x)),
  softplus,
  tanh,
  sigmoid,
  softmax: (x, dim) => map('Softmax', x, { axis: { i: x.axis(dim) } }),
  logSoftmax: (x, dim) => map('LogSoftmax', x, { axis: { i: x.axis(dim) } }),
  flatten,
  reshape: (x, shape) => x.reshape(shape),
  dropout: (x) => x,
  embedding,
  where,
  cat: (tensors, dim = 0) => joined(tensors, dim),
  stack: (tensors, dim = 0) => joined(tensors.map((x) => x.unsqueeze(dim)), dim), // prettier-ignore
  toIndex: (x) => x.add(0.5).floor().to('int64'),
  arange: (count) => range({ graph }, graph.sizes.dimOf(count)),
  fullLike: (x, value) => expanded(x.beside(value), x.dims),
  customFunction: (inputs, forward) => forward(inputs).outputs,
  crossEntropy: loss,
  mseLoss: loss,
  huberLoss: loss,
})
