import { native } from './addon.ts'
import { dtypeNumber } from './dtype.ts'
import type { Device } from './device.ts'
import type { DType } from './dtype.ts'
import { Tensor } from './tensor.ts'

export interface TensorOptions {
  dtype?: DType
  /** Made on the processor and moved there, so that the values are the same wherever they lie. */
  device?: Device
  requiresGrad?: boolean
}

/** Numbers or booleans, nested to any depth of equal lengths. */
export type Nested = number | boolean | readonly Nested[]

function finish(id: number, options: TensorOptions | undefined): Tensor {
  const made = new Tensor(id)
  const there = options?.device === undefined ? made : moved(made, options.device)
  if (options?.requiresGrad) there.requiresGrad = true
  return there
}

function moved(made: Tensor, device: Device): Tensor {
  const there = made.to(device)
  // Where it lies there already, both are the same native tensor.
  made.dispose()
  return there
}

function shapeOf(data: Nested): number[] {
  const shape: number[] = []
  for (let level = data; Array.isArray(level); level = level[0] as Nested) {
    shape.push(level.length)
    if (level.length === 0) break
  }
  return shape
}

function fillFrom(data: Nested, shape: readonly number[], depth: number, out: number[]): void {
  if (depth === shape.length) {
    if (Array.isArray(data)) throw new TypeError(`[tensor] nested deeper than shape ${shape.join('x')}`)
    out.push(Number(data))
    return
  }
  if (!Array.isArray(data) || data.length !== shape[depth])
    throw new TypeError(
      `[tensor] expected ${shape[depth]} entries at depth ${depth}, got ${Array.isArray(data) ? data.length : 'a number'}, every row must have the same length`,
    )
  for (const item of data as readonly Nested[]) fillFrom(item, shape, depth + 1, out)
}

function naturalDtype(data: Nested | ArrayBufferView): DType {
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof BigInt64Array || data instanceof Int32Array) return 'int64'
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) return 'uint8'
  if (ArrayBuffer.isView(data)) return 'float32'
  let first: Nested | undefined = data
  while (Array.isArray(first)) first = first[0] as Nested | undefined
  return typeof first === 'boolean' ? 'bool' : 'float32'
}

/**
 * A tensor of the given values: a number, nested arrays, or a typed array (with `shape`, else 1-d). Without
 * `dtype`: float32 for numbers, bool for booleans, the array's own type for typed arrays.
 */
export function tensor(
  data: Nested | ArrayBufferView,
  options?: TensorOptions & { shape?: readonly number[] },
): Tensor {
  const dtype = dtypeNumber(options?.dtype ?? naturalDtype(data))
  if (ArrayBuffer.isView(data)) {
    const shape = options?.shape ?? [(data as Uint8Array).length]
    return finish(native.fromTypedArray(data, shape, dtype), options)
  }
  const shape = shapeOf(data)
  const values: number[] = []
  fillFrom(data, shape, 0, values)
  return finish(native.fromTypedArray(Float64Array.from(values), options?.shape ?? shape, dtype), options)
}

export function full(shape: readonly number[], value: number, options?: TensorOptions): Tensor {
  return finish(native.full(shape, value, dtypeNumber(options?.dtype ?? 'float32')), options)
}
export function zeros(shape: readonly number[], options?: TensorOptions): Tensor {
  return full(shape, 0, options)
}
export function ones(shape: readonly number[], options?: TensorOptions): Tensor {
  return full(shape, 1, options)
}
/** start, start + step, ... below end; int64 unless a dtype is given. */
export function arange(start: number, end?: number, step = 1, options?: TensorOptions): Tensor {
  const from = end === undefined ? 0 : start
  return finish(native.arange(from, end ?? start, step, dtypeNumber(options?.dtype ?? 'int64')), options)
}
/** Uniform in [0, 1). */
export function rand(shape: readonly number[], options?: TensorOptions): Tensor {
  return finish(native.rand(shape, dtypeNumber(options?.dtype ?? 'float32')), options)
}
/** Standard normal. */
export function randn(shape: readonly number[], options?: TensorOptions): Tensor {
  return finish(native.randn(shape, dtypeNumber(options?.dtype ?? 'float32')), options)
}
/** `count` numbers from start to end, both included, equally far apart. */
export function linspace(start: number, end: number, count: number, options?: TensorOptions): Tensor {
  return finish(native.linspace(start, end, count, dtypeNumber(options?.dtype ?? 'float32')), options)
}
/** Ones on the diagonal of a matrix, zeros elsewhere; square unless `cols` is given. */
export function eye(rows: number, cols = rows, options?: TensorOptions): Tensor {
  return finish(native.eye(rows, cols, dtypeNumber(options?.dtype ?? 'float32')), options)
}
/** As full, in the shape, layout and (unless given) dtype of x. */
export function fullLike(x: Tensor, value: number, options?: TensorOptions): Tensor {
  return finish(native.fullLike(x.id, value, dtypeNumber(options?.dtype ?? x.dtype)), options)
}
export function zerosLike(x: Tensor, options?: TensorOptions): Tensor {
  return fullLike(x, 0, options)
}
export function onesLike(x: Tensor, options?: TensorOptions): Tensor {
  return fullLike(x, 1, options)
}
/** Uniform in [0, 1), in the shape and (unless given) dtype of x. */
export function randLike(x: Tensor, options?: TensorOptions): Tensor {
  return rand(x.shape, { ...options, dtype: options?.dtype ?? x.dtype })
}
/** Standard normal, in the shape and (unless given) dtype of x. */
export function randnLike(x: Tensor, options?: TensorOptions): Tensor {
  return randn(x.shape, { ...options, dtype: options?.dtype ?? x.dtype })
}
/** Uniform integers, low <= n < high; int64 unless a dtype is given. */
export function randint(
  low: number,
  high: number,
  shape: readonly number[],
  options?: TensorOptions,
): Tensor {
  return finish(native.randint(low, high, shape, dtypeNumber(options?.dtype ?? 'int64')), options)
}
/** 1 with the probability each element of `p` says, else 0; p's shape and dtype. */
export function bernoulli(p: Tensor): Tensor {
  return new Tensor(native.bernoulli(p.id))
}
/**
 * Draws `count` positions of each row of `weights` (`[n]` or `[rows, n]`, not negative, they need not add up
 * to 1) with those probabilities: int64 `[count]` or `[rows, count]`.
 */
export function multinomial(weights: Tensor, count: number, options: { replacement?: boolean } = {}): Tensor {
  return new Tensor(native.multinomial(weights.id, count, options.replacement ?? false))
}
/** 0..count-1 in random order, int64. */
export function randperm(count: number): Tensor {
  return new Tensor(native.randperm(count))
}
/**
 * Raw little-endian elements of a file, from byte `offset` on, straight into native memory. A file that is
 * too short is an error with both sizes.
 */
export function fromFile(
  path: string,
  options: { dtype: DType; shape: readonly number[]; offset?: number },
): Tensor {
  return new Tensor(native.fromFile(path, options.shape, dtypeNumber(options.dtype), options.offset ?? 0))
}

/** Starts the thread's stream of random numbers anew. `seed` is an integer below 2^53. */
export function manualSeed(seed: number): void {
  native.manualSeed(seed)
}
/** Where the thread's stream of random numbers stands; plain strings, so that it can be stored as JSON. */
export interface RngState {
  seed: string
  offset: string
}
export function rngState(): RngState {
  const [seed, offset] = native.rngState()
  return { seed: String(seed), offset: String(offset) }
}
export function setRngState(state: RngState): void {
  native.setRngState(BigInt(state.seed), BigInt(state.offset))
}
