import type { Handle } from './handle.ts'

type Sizes = readonly number[]
type MaxPool = (
  x: Handle,
  kernel: Sizes,
  stride: Sizes,
  padding: Sizes,
  dilation: Sizes,
  ceilMode: boolean,
) => Handle
type AveragePool = (
  x: Handle,
  kernel: Sizes,
  stride: Sizes,
  padding: Sizes,
  ceilMode: boolean,
  countIncludePad: boolean,
) => Handle
type AdaptivePool = (x: Handle, size: Sizes) => Handle

/** Entry points of native/src/node/ops/pool.cpp; an empty list means the default. */
export interface PoolNative {
  maxPool1d: MaxPool
  maxPool2d: MaxPool
  avgPool1d: AveragePool
  avgPool2d: AveragePool
  adaptiveMaxPool1d: AdaptivePool
  adaptiveMaxPool2d: AdaptivePool
  adaptiveAvgPool1d: AdaptivePool
  adaptiveAvgPool2d: AdaptivePool
}
