import type { Handle } from './handle.ts'

type Sizes = readonly number[]

/** Entry points of native/src/node/ops/conv.cpp; an empty list means the default. */
export interface ConvNative {
  conv1d(
    x: Handle,
    weight: Handle,
    bias: Handle,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: number,
    same: boolean,
  ): Handle
  conv2d(
    x: Handle,
    weight: Handle,
    bias: Handle,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: number,
    same: boolean,
    fuseRelu: boolean,
  ): Handle
  convTranspose1d(
    x: Handle,
    weight: Handle,
    bias: Handle,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: number,
    outputPadding: Sizes,
  ): Handle
  convTranspose2d(
    x: Handle,
    weight: Handle,
    bias: Handle,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: number,
    outputPadding: Sizes,
  ): Handle
}
