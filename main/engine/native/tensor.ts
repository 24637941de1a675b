import type { Handle } from './handle.ts'
import type { MemoryStats, NativeCuda, NativeInfo } from './handle.ts'

/** Entry points of native/src/node/tensors.cpp. */
export interface TensorNative {
  fromTypedArray(data: ArrayBufferView, shape: readonly number[], dtype: number): Handle
  full(shape: readonly number[], value: number, dtype: number): Handle
  arange(start: number, end: number, step: number, dtype: number): Handle
  rand(shape: readonly number[], dtype: number): Handle
  randn(shape: readonly number[], dtype: number): Handle
  randperm(count: number): Handle
  linspace(start: number, end: number, count: number, dtype: number): Handle
  eye(rows: number, cols: number, dtype: number): Handle
  fullLike(x: Handle, value: number, dtype: number): Handle
  randint(low: number, high: number, shape: readonly number[], dtype: number): Handle
  bernoulli(p: Handle): Handle
  multinomial(weights: Handle, count: number, replacement: boolean): Handle
  fromFile(path: string, shape: readonly number[], dtype: number, offset: number): Handle
  shape(x: Handle): number[]
  strides(x: Handle): number[]
  dtype(x: Handle): number
  numel(x: Handle): number
  version(x: Handle): number
  isContiguous(x: Handle): boolean
  item(x: Handle): number
  toTypedArray(x: Handle): Float32Array | Float64Array | BigInt64Array | Uint8Array | Int32Array
  readInto(x: Handle, target: ArrayBufferView): void
  duplicate(x: Handle): Handle
  dispose(x: Handle): void
  disposeMany(handles: readonly Handle[]): void
  isAlive(x: Handle): boolean
  liveTensors(): number
  memoryStats(): MemoryStats
  resetPeakMemory(): void
  emptyCache(): void
  engineInfo(): NativeInfo
  cudaInfo(): NativeCuda
  manualSeed(seed: number): void
  rngState(): [bigint, bigint]
  setRngState(seed: bigint, offset: bigint): void
  setThreads(threads: number): void
}
