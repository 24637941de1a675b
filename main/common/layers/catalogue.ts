/** Every kind of layer there is, in the order of the palette. Adding one is a file beside this and a line here. */
import type { Layer } from '../layer.ts'
import { adaptivePool2d } from './adaptive-pool2d.ts'
import { add } from './add.ts'
import { attention } from './attention.ts'
import { avgPool1d } from './avg-pool1d.ts'
import { avgPool2d } from './avg-pool2d.ts'
import { batchNorm } from './batch-norm.ts'
import { concat } from './concat.ts'
import { convTranspose2d } from './conv-transpose2d.ts'
import { conv1d } from './conv1d.ts'
import { conv2d } from './conv2d.ts'
import { crossAttention } from './cross-attention.ts'
import { custom } from './custom.ts'
import { depthwiseConv2d } from './depthwise-conv2d.ts'
import { dropout } from './dropout.ts'
import { elu } from './elu.ts'
import { embedding } from './embedding.ts'
import { flatten } from './flatten.ts'
import { gelu } from './gelu.ts'
import { globalPool } from './global-pool.ts'
import { groupNorm } from './group-norm.ts'
import { gru } from './gru.ts'
import { input } from './input.ts'
import { lastStep } from './last-step.ts'
import { layerNorm } from './layer-norm.ts'
import { leakyRelu } from './leaky-relu.ts'
import { linear } from './linear.ts'
import { lstm } from './lstm.ts'
import { maxPool1d } from './max-pool1d.ts'
import { maxPool2d } from './max-pool2d.ts'
import { multiply } from './multiply.ts'
import { output } from './output.ts'
import { pad } from './pad.ts'
import { positional } from './positional.ts'
import { relu } from './relu.ts'
import { reshape } from './reshape.ts'
import { rmsNorm } from './rms-norm.ts'
import { rnn } from './rnn.ts'
import { sigmoid } from './sigmoid.ts'
import { silu } from './silu.ts'
import { softmax } from './softmax.ts'
import { softplus } from './softplus.ts'
import { split } from './split.ts'
import { tableEmbedding } from './table-embedding.ts'
import { tanh } from './tanh.ts'
import { transformerDecoder } from './transformer-decoder.ts'
import { transformerEncoder } from './transformer-encoder.ts'
import { transpose } from './transpose.ts'
import { upsample } from './upsample.ts'

export const layers: readonly Layer[] = [
  input,
  output,
  linear,
  flatten,
  tableEmbedding,
  conv2d,
  conv1d,
  convTranspose2d,
  depthwiseConv2d,
  pad,
  maxPool2d,
  avgPool2d,
  adaptivePool2d,
  globalPool,
  maxPool1d,
  avgPool1d,
  upsample,
  embedding,
  positional,
  rnn,
  lstm,
  gru,
  lastStep,
  attention,
  crossAttention,
  transformerEncoder,
  transformerDecoder,
  batchNorm,
  layerNorm,
  groupNorm,
  rmsNorm,
  relu,
  leakyRelu,
  gelu,
  silu,
  elu,
  softplus,
  tanh,
  sigmoid,
  softmax,
  dropout,
  concat,
  add,
  multiply,
  split,
  reshape,
  transpose,
  custom,
]

const byKind = new Map(layers.map((layer) => [layer.kind, layer]))

/** The layer of a kind; undefined for a kind that this build does not know. */
export const layerOf = (kind: string): Layer | undefined => byKind.get(kind)
