import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../paths.ts'

/** A tensor as the native engine knows it. 0 means none. */
export type Handle = number

/** Entry points of native/src/node; arguments are handles, numbers and arrays of them. */
export interface Native {
  fromTypedArray(data: ArrayBufferView, shape: readonly number[], dtype: number): Handle
  full(shape: readonly number[], value: number, dtype: number): Handle
  arange(start: number, end: number, step: number, dtype: number): Handle
  rand(shape: readonly number[], dtype: number): Handle
  randn(shape: readonly number[], dtype: number): Handle
  randperm(count: number): Handle
  fromFile(path: string, shape: readonly number[], dtype: number, offset: number): Handle
  shape(x: Handle): number[]
  strides(x: Handle): number[]
  dtype(x: Handle): number
  numel(x: Handle): number
  version(x: Handle): number
  isContiguous(x: Handle): boolean
  item(x: Handle): number
  toTypedArray(x: Handle): Float32Array | Float64Array | BigInt64Array | Uint8Array
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
  manualSeed(seed: number): void
  rngState(): [bigint, bigint]
  setRngState(seed: bigint, offset: bigint): void
  setThreads(threads: number): void

  neg(x: Handle): Handle
  exp(x: Handle): Handle
  log(x: Handle): Handle
  sqrt(x: Handle): Handle
  abs(x: Handle): Handle
  square(x: Handle): Handle
  relu(x: Handle): Handle
  tanh(x: Handle): Handle
  sigmoid(x: Handle): Handle
  sign(x: Handle): Handle
  logicalNot(x: Handle): Handle
  add(a: Handle, b: Handle): Handle
  sub(a: Handle, b: Handle): Handle
  mul(a: Handle, b: Handle): Handle
  div(a: Handle, b: Handle): Handle
  pow(a: Handle, b: Handle): Handle
  maximum(a: Handle, b: Handle): Handle
  minimum(a: Handle, b: Handle): Handle
  addScalar(a: Handle, b: number): Handle
  subScalar(a: Handle, b: number): Handle
  rsub(a: Handle, b: number): Handle
  mulScalar(a: Handle, b: number): Handle
  divScalar(a: Handle, b: number): Handle
  powScalar(a: Handle, b: number): Handle
  eq(a: Handle, b: Handle): Handle
  ne(a: Handle, b: Handle): Handle
  lt(a: Handle, b: Handle): Handle
  le(a: Handle, b: Handle): Handle
  gt(a: Handle, b: Handle): Handle
  ge(a: Handle, b: Handle): Handle
  eqScalar(a: Handle, b: number): Handle
  neScalar(a: Handle, b: number): Handle
  ltScalar(a: Handle, b: number): Handle
  leScalar(a: Handle, b: number): Handle
  gtScalar(a: Handle, b: number): Handle
  geScalar(a: Handle, b: number): Handle
  where(condition: Handle, a: Handle, b: Handle): Handle
  add_(self: Handle, other: Handle): void
  sub_(self: Handle, other: Handle): void
  mul_(self: Handle, other: Handle): void
  div_(self: Handle, other: Handle): void
  addScalar_(self: Handle, other: number): void
  subScalar_(self: Handle, other: number): void
  mulScalar_(self: Handle, other: number): void
  divScalar_(self: Handle, other: number): void
  copy_(self: Handle, source: Handle): void
  fill_(self: Handle, value: number): void
  uniform_(self: Handle, low: number, high: number): void
  normal_(self: Handle, mean: number, std: number): void
  reshape(x: Handle, shape: readonly number[]): Handle
  view(x: Handle, shape: readonly number[]): Handle
  transpose(x: Handle, a: number, b: number): Handle
  permute(x: Handle, order: readonly number[]): Handle
  narrow(x: Handle, dim: number, start: number, length: number): Handle
  select(x: Handle, dim: number, index: number): Handle
  expand(x: Handle, shape: readonly number[]): Handle
  squeeze(x: Handle): Handle
  squeezeDim(x: Handle, dim: number): Handle
  unsqueeze(x: Handle, dim: number): Handle
  flatten(x: Handle, start: number, end: number): Handle
  contiguous(x: Handle): Handle
  clone(x: Handle): Handle
  to(x: Handle, dtype: number): Handle
  sum(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  mean(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  max(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  min(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  argmax(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  norms(tensors: readonly Handle[]): Float64Array
  matmul(a: Handle, b: Handle): Handle
  linear(x: Handle, weight: Handle, bias: Handle, fuseRelu: boolean): Handle
  indexSelect(x: Handle, dim: number, index: Handle): Handle
  softmax(x: Handle, dim: number): Handle
  logSoftmax(x: Handle, dim: number): Handle
  crossEntropy(logits: Handle, target: Handle, reduction: number): Handle
  mseLoss(input: Handle, target: Handle, reduction: number): Handle
  dropout(x: Handle, p: number, training: boolean): Handle

  requiresGrad(x: Handle): boolean
  setRequiresGrad(x: Handle, value: boolean): void
  isLeaf(x: Handle): boolean
  detach(x: Handle): Handle
  gradFnName(x: Handle): string
  gradHandle(x: Handle, cached: Handle): Handle
  setGrad(x: Handle, gradient: Handle): void
  gradEnabled(): boolean
  setGradEnabled(enabled: boolean): boolean
  backward(outputs: readonly Handle[], grads: readonly Handle[], retain: boolean, create: boolean): void
  grad(
    outputs: readonly Handle[],
    inputs: readonly Handle[],
    grads: readonly Handle[],
    retain: boolean,
    create: boolean,
    allowUnused: boolean,
  ): Handle[]
  recordFunction(
    name: string,
    inputs: readonly Handle[],
    outputs: readonly Handle[],
    differentiable: readonly number[],
    saved: readonly Handle[],
    callback: (saved: Handle[], grads: Handle[]) => Handle[],
  ): void

  optimSgd(params: readonly Handle[], lr: number, momentum: number, nesterov: boolean, decay: number): number
  optimAdam(
    params: readonly Handle[],
    lr: number,
    beta1: number,
    beta2: number,
    eps: number,
    decay: number,
    decoupled: boolean,
  ): number
  optimStep(id: number): void
  optimZeroGrad(id: number): void
  optimLr(id: number): number
  optimSetLr(id: number, lr: number): void
  optimSteps(id: number): number
  optimSetSteps(id: number, steps: number): void
  optimState(id: number): [string[], Handle[]]
  optimDispose(id: number): void
}

/** Bytes are of native memory; objects are counted in the engine of the calling thread. */
export interface MemoryStats {
  activeBytes: number
  peakBytes: number
  cachedBytes: number
  liveTensors: number
  liveStorages: number
  liveNodes: number
  allocations: number
  systemAllocations: number
}

interface NativeInfo {
  version: string
  build: string
  instructionSet: string
  oneDNN: string
  openMP: string
  threads: number
}

/** Path of the addon; TAPEDECK_ADDON in the environment names another build. */
export function addonPath(): string {
  const chosen = process.env['TAPEDECK_ADDON']
  if (chosen) return chosen
  // Inside Electron's archive native libraries lie beside it, unpacked.
  return join(projectRoot().replace(/app\.asar$/, 'app.asar.unpacked'), 'native', 'build', 'tapedeck.node')
}

/** Loads the addon found at `path`. Throws `[engine] native addon not found at ..., run npm run setup`. */
export function loadAddon(path = addonPath()): Native {
  if (!existsSync(path)) throw new Error(`[engine] native addon not found at ${path}, run npm run setup`)
  // How many rounds an idle native thread spins before it sleeps; OpenMP reads it once, when it is loaded. Its own
  // default spins for milliseconds on a core that the page needs (a step took 30 to 70 ms on two busy cores), and
  // sleeping at once makes every op wait for a wake-up. A thousand rounds, some 10 us, bridge the gap between ops.
  // In a worker this reaches native code only when the worker was started with SHARE_ENV.
  process.env['GOMP_SPINCOUNT'] ??= '1000'
  try {
    return createRequire(import.meta.url)(path) as Native
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`[engine] native addon at ${path} cannot be loaded (${reason}), run npm run setup`, {
      cause,
    })
  }
}

export const native: Native = loadAddon()
