import { native } from './addon.ts'
import type { Handle } from './addon.ts'
import { deviceName, deviceNumber } from './device.ts'
import type { Device } from './device.ts'
import { dtypeName, dtypeNumber } from './dtype.ts'
import type { DType } from './dtype.ts'
import { guardMethods, needFunction } from './guard.ts'
import { disown, own, ownOutside, scope } from './scope.ts'
import type { Net, Owned } from './scope.ts'

export type Dim = number | readonly number[]
const none: readonly number[] = Object.freeze([])
const dimsOf = (dim: Dim | undefined): readonly number[] =>
  dim === undefined ? none : typeof dim === 'number' ? [dim] : dim

/** What takes a hook away again. */
export interface HookHandle {
  remove(): void
}
const hookHandle = (number: number): HookHandle => ({ remove: () => native.removeHook(number) })
const all = (handles: readonly Handle[]): Tensor[] => handles.map((id) => new Tensor(id))
const valuesAndIndices = ([values, indices]: readonly [Handle, Handle]): {
  values: Tensor
  indices: Tensor
} => ({ values: new Tensor(values), indices: new Tensor(indices) })

/**
 * An n-dimensional array in native memory: a light object over an integer handle. Names and semantics are
 * PyTorch's, in camelCase. Ops never convert dtypes silently. A failed op throws an Error with a `code`
 * (`TAPE_SHAPE`, `TAPE_DTYPE`, `TAPE_VALUE`, `TAPE_GRADIENT`, `TAPE_HANDLE`, ...).
 */
export class Tensor implements Owned {
  /** Handle of the native tensor; 0 once disposed. */
  id: Handle
  kept = false
  #shape: readonly number[] | null = null
  /** @internal */
  heldGrad: Tensor | null = null
  /** @internal */
  net: Net | null = null

  constructor(id: Handle, watched = true) {
    this.id = id
    if (watched) own(this)
    else ownOutside(this)
  }

  get shape(): readonly number[] {
    return (this.#shape ??= Object.freeze(native.shape(this.id)))
  }
  get dtype(): DType {
    return dtypeName(native.dtype(this.id))
  }
  get device(): Device {
    return deviceName(native.device(this.id))
  }
  get rank(): number {
    return this.shape.length
  }
  get numel(): number {
    return native.numel(this.id)
  }
  /** In elements. */
  get strides(): readonly number[] {
    return native.strides(this.id)
  }
  get isContiguous(): boolean {
    return native.isContiguous(this.id)
  }
  /** How often the memory was changed in place. */
  get version(): number {
    return native.version(this.id)
  }
  get isDisposed(): boolean {
    return this.id === 0
  }

  /** Frees it now; using it afterwards is an error. Views of it stay valid. */
  dispose(): void {
    if (this.id === 0) return
    disown(this)
    native.dispose(this.id)
    this.id = 0
    this.heldGrad?.dispose()
    this.heldGrad = null
  }
  [Symbol.dispose](): void {
    this.dispose()
  }

  // ---- reading ------------------------------------------------------------------------------------

  /** The one element as a number. */
  item(): number {
    return native.item(this.id)
  }
  /** A copy of the elements in logical order; int64 as BigInt64Array, bool as bytes, 16-bit floats as float32. */
  toTypedArray(): Float32Array | Float64Array | BigInt64Array | Uint8Array | Int32Array {
    return native.toTypedArray(this.id)
  }
  /** As toTypedArray into memory that is reused; the element sizes must agree. */
  readInto(target: ArrayBufferView): void {
    native.readInto(this.id, target)
  }
  /** The elements as numbers, in logical order. */
  toArray(): number[] {
    return Array.from(this.toTypedArray() as Iterable<number | bigint>, Number)
  }
  toString(): string {
    return this.id === 0 ? 'Tensor(disposed)' : `Tensor(${this.dtype} ${this.shape.join('x') || 'scalar'})`
  }

  // ---- autograd -----------------------------------------------------------------------------------

  get requiresGrad(): boolean {
    return native.requiresGrad(this.id)
  }
  set requiresGrad(value: boolean) {
    native.setRequiresGrad(this.id, value)
  }
  requiresGrad_(value = true): this {
    native.setRequiresGrad(this.id, value)
    return this
  }
  get isLeaf(): boolean {
    return native.isLeaf(this.id)
  }
  /** Name of the op that made it, or '' for a leaf. */
  get gradFn(): string {
    return native.gradFnName(this.id)
  }
  /** Its gradient, which belongs to it: valid until cleared or replaced, `clone()` it to keep it longer. */
  get grad(): Tensor | null {
    const held = this.heldGrad?.id ?? 0
    const id = native.gradHandle(this.id, held)
    if (id !== held) {
      this.heldGrad?.dispose()
      this.heldGrad = id === 0 ? null : new Tensor(id, false)
    } else if (id === 0) this.heldGrad = null
    return this.heldGrad
  }
  set grad(gradient: Tensor | null) {
    native.setGrad(this.id, gradient === null ? 0 : gradient?.id)
  }
  /** Gradients of this (one element, unless `gradient` is given) into `.grad` of every leaf behind it. */
  backward(gradient?: Tensor | null, options: { retainGraph?: boolean; createGraph?: boolean } = {}): void {
    const create = options?.createGraph ?? false
    native.backward([this.id], [gradient ? gradient.id : 0], options?.retainGraph ?? create, create)
  }
  detach(): Tensor {
    return new Tensor(native.detach(this.id))
  }
  /** Cuts it off its history; error for a view. */
  detach_(): this {
    native.detach_(this.id)
    return this
  }
  /** Keeps the gradient of a recorded result in its `.grad`, where leaves have theirs. */
  retainGrad(): void {
    native.retainGrad(this.id)
  }
  /**
   * Calls `hook` with the gradient of this tensor whenever backward has it complete; a tensor it returns (same
   * shape and dtype) takes the gradient's place. What it throws comes out of backward. The gradient lives until
   * the hook returns, unless it is given to keep().
   */
  registerHook(hook: (gradient: Tensor) => Tensor | null | undefined | void): HookHandle {
    needFunction('registerHook', hook)
    return hookHandle(
      native.registerHook(this.id, (id) =>
        scope(() => {
          const replaced = hook(new Tensor(id))
          return replaced === null || replaced === undefined ? 0 : native.duplicate(replaced.id)
        }),
      ),
    )
  }
  /** Calls `hook` with this leaf each time backward has added to its `.grad`. */
  registerPostAccumulateGradHook(hook: (leaf: Tensor) => void): HookHandle {
    needFunction('registerPostAccumulateGradHook', hook)
    return hookHandle(
      native.registerPostAccumulateGradHook(this.id, (id) =>
        scope(() => {
          hook(new Tensor(id))
          return 0
        }),
      ),
    )
  }

  // ---- elementwise --------------------------------------------------------------------------------

  add(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number' ? native.addScalar(this.id, other) : native.add(this.id, other.id),
    )
  }
  sub(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number' ? native.subScalar(this.id, other) : native.sub(this.id, other.id),
    )
  }
  /** other - this */
  rsub(other: number): Tensor {
    return new Tensor(native.rsub(this.id, other))
  }
  mul(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number' ? native.mulScalar(this.id, other) : native.mul(this.id, other.id),
    )
  }
  div(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number' ? native.divScalar(this.id, other) : native.div(this.id, other.id),
    )
  }
  pow(exponent: Tensor | number): Tensor {
    return new Tensor(
      typeof exponent === 'number' ? native.powScalar(this.id, exponent) : native.pow(this.id, exponent.id),
    )
  }
  maximum(other: Tensor): Tensor {
    return new Tensor(native.maximum(this.id, other.id))
  }
  minimum(other: Tensor): Tensor {
    return new Tensor(native.minimum(this.id, other.id))
  }
  neg(): Tensor {
    return new Tensor(native.neg(this.id))
  }
  exp(): Tensor {
    return new Tensor(native.exp(this.id))
  }
  log(): Tensor {
    return new Tensor(native.log(this.id))
  }
  sqrt(): Tensor {
    return new Tensor(native.sqrt(this.id))
  }
  abs(): Tensor {
    return new Tensor(native.abs(this.id))
  }
  square(): Tensor {
    return new Tensor(native.square(this.id))
  }
  sign(): Tensor {
    return new Tensor(native.sign(this.id))
  }
  relu(): Tensor {
    return new Tensor(native.relu(this.id))
  }
  tanh(): Tensor {
    return new Tensor(native.tanh(this.id))
  }
  sigmoid(): Tensor {
    return new Tensor(native.sigmoid(this.id))
  }
  logicalNot(): Tensor {
    return new Tensor(native.logicalNot(this.id))
  }
  logicalAnd(other: Tensor): Tensor {
    return new Tensor(native.logicalAnd(this.id, other.id))
  }
  logicalOr(other: Tensor): Tensor {
    return new Tensor(native.logicalOr(this.id, other.id))
  }
  logicalXor(other: Tensor): Tensor {
    return new Tensor(native.logicalXor(this.id, other.id))
  }

  // ---- mathematical functions ---------------------------------------------------------------------

  /** 1 / x */
  reciprocal(): Tensor {
    return new Tensor(native.reciprocal(this.id))
  }
  /** 1 / sqrt(x) */
  rsqrt(): Tensor {
    return new Tensor(native.rsqrt(this.id))
  }
  /** log(1 + x) */
  log1p(): Tensor {
    return new Tensor(native.log1p(this.id))
  }
  /** e^x - 1 */
  expm1(): Tensor {
    return new Tensor(native.expm1(this.id))
  }
  log2(): Tensor {
    return new Tensor(native.log2(this.id))
  }
  exp2(): Tensor {
    return new Tensor(native.exp2(this.id))
  }
  sin(): Tensor {
    return new Tensor(native.sin(this.id))
  }
  cos(): Tensor {
    return new Tensor(native.cos(this.id))
  }
  tan(): Tensor {
    return new Tensor(native.tan(this.id))
  }
  atan(): Tensor {
    return new Tensor(native.atan(this.id))
  }
  erf(): Tensor {
    return new Tensor(native.erf(this.id))
  }
  floor(): Tensor {
    return new Tensor(native.floor(this.id))
  }
  ceil(): Tensor {
    return new Tensor(native.ceil(this.id))
  }
  /** To the nearest integer, halves to the even one. */
  round(): Tensor {
    return new Tensor(native.round(this.id))
  }
  trunc(): Tensor {
    return new Tensor(native.trunc(this.id))
  }
  /** bool: is each element not a number? */
  isnan(): Tensor {
    return new Tensor(native.isnan(this.id))
  }
  isinf(): Tensor {
    return new Tensor(native.isinf(this.id))
  }
  isfinite(): Tensor {
    return new Tensor(native.isfinite(this.id))
  }
  /** Modulo with the sign of `other`, as Python's %. */
  remainder(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number'
        ? native.remainderScalar(this.id, other)
        : native.remainder(this.id, other.id),
    )
  }
  /** Modulo with this tensor's sign, as JavaScript's %. */
  fmod(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number' ? native.fmodScalar(this.id, other) : native.fmod(this.id, other.id),
    )
  }
  /** The quotient rounded down; no gradient passes. */
  floorDivide(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number'
        ? native.floorDivideScalar(this.id, other)
        : native.floorDivide(this.id, other.id),
    )
  }
  /** Angle of the point (x = other, y = this), -pi..pi. */
  atan2(other: Tensor): Tensor {
    return new Tensor(native.atan2(this.id, other.id))
  }
  /** Cut off below `min` and above `max`, numbers or tensors; null is no bound. The gradient passes at a bound. */
  clamp(min: Tensor | number | null, max: Tensor | number | null = null): Tensor {
    if (min instanceof Tensor || max instanceof Tensor) {
      if (typeof min === 'number' || typeof max === 'number')
        throw new TypeError('[clamp] min and max must both be numbers or both be tensors')
      return new Tensor(native.clampTensors(this.id, min ? min.id : 0, max ? max.id : 0))
    }
    if (min === null && max === null) throw new TypeError('[clamp] needs at least one bound')
    return new Tensor(native.clamp(this.id, min ?? -Infinity, max ?? Infinity))
  }
  /** this + weight * (end - this) */
  lerp(end: Tensor, weight: Tensor | number): Tensor {
    return new Tensor(
      typeof weight === 'number'
        ? native.lerpScalar(this.id, end.id, weight)
        : native.lerp(this.id, end.id, weight.id),
    )
  }
  /** this + value * a * b */
  addcmul(a: Tensor, b: Tensor, options: { value?: number } = {}): Tensor {
    return new Tensor(native.addcmul(this.id, a.id, b.id, options.value ?? 1))
  }
  /** this + value * a / b */
  addcdiv(a: Tensor, b: Tensor, options: { value?: number } = {}): Tensor {
    return new Tensor(native.addcdiv(this.id, a.id, b.id, options.value ?? 1))
  }
  /** `value` where the bool tensor `mask` is true. */
  maskedFill(mask: Tensor, value: number): Tensor {
    return new Tensor(native.maskedFill(this.id, mask.id, value))
  }

  // ---- comparison: bool results -------------------------------------------------------------------

  eq(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number' ? native.eqScalar(this.id, other) : native.eq(this.id, other.id),
    )
  }
  ne(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number' ? native.neScalar(this.id, other) : native.ne(this.id, other.id),
    )
  }
  lt(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number' ? native.ltScalar(this.id, other) : native.lt(this.id, other.id),
    )
  }
  le(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number' ? native.leScalar(this.id, other) : native.le(this.id, other.id),
    )
  }
  gt(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number' ? native.gtScalar(this.id, other) : native.gt(this.id, other.id),
    )
  }
  ge(other: Tensor | number): Tensor {
    return new Tensor(
      typeof other === 'number' ? native.geScalar(this.id, other) : native.ge(this.id, other.id),
    )
  }

  // ---- in place -----------------------------------------------------------------------------------

  add_(other: Tensor | number): this {
    if (typeof other === 'number') native.addScalar_(this.id, other)
    else native.add_(this.id, other.id)
    return this
  }
  sub_(other: Tensor | number): this {
    if (typeof other === 'number') native.subScalar_(this.id, other)
    else native.sub_(this.id, other.id)
    return this
  }
  mul_(other: Tensor | number): this {
    if (typeof other === 'number') native.mulScalar_(this.id, other)
    else native.mul_(this.id, other.id)
    return this
  }
  div_(other: Tensor | number): this {
    if (typeof other === 'number') native.divScalar_(this.id, other)
    else native.div_(this.id, other.id)
    return this
  }
  clamp_(min: number | null, max: number | null = null): this {
    if (min === null && max === null) throw new TypeError('[clamp_] needs at least one bound')
    native.clamp_(this.id, min ?? -Infinity, max ?? Infinity)
    return this
  }
  relu_(): this {
    native.relu_(this.id)
    return this
  }
  /** this += weight * (end - this): a moving average. */
  lerp_(end: Tensor, weight: number): this {
    native.lerp_(this.id, end.id, weight)
    return this
  }
  /** this += value * a * b */
  addcmul_(a: Tensor, b: Tensor, options: { value?: number } = {}): this {
    native.addcmul_(this.id, a.id, b.id, options.value ?? 1)
    return this
  }
  /** this += value * a / b */
  addcdiv_(a: Tensor, b: Tensor, options: { value?: number } = {}): this {
    native.addcdiv_(this.id, a.id, b.id, options.value ?? 1)
    return this
  }
  maskedFill_(mask: Tensor, value: number): this {
    native.maskedFill_(this.id, mask.id, value)
    return this
  }
  indexAdd_(dim: number, index: Tensor, source: Tensor): this {
    native.indexAdd_(this.id, dim, index.id, source.id)
    return this
  }
  scatterAdd_(dim: number, index: Tensor, source: Tensor): this {
    native.scatterAdd_(this.id, dim, index.id, source.id)
    return this
  }
  copy_(source: Tensor): this {
    native.copy_(this.id, source.id)
    return this
  }
  fill_(value: number): this {
    native.fill_(this.id, value)
    return this
  }
  zero_(): this {
    native.fill_(this.id, 0)
    return this
  }
  uniform_(low = 0, high = 1): this {
    native.uniform_(this.id, low, high)
    return this
  }
  normal_(mean = 0, std = 1): this {
    native.normal_(this.id, mean, std)
    return this
  }

  // ---- shape --------------------------------------------------------------------------------------

  /** A view where the strides allow it, else a copy. One size may be -1. */
  reshape(...shape: readonly number[] | [readonly number[]]): Tensor {
    return new Tensor(native.reshape(this.id, shape.flat()))
  }
  view(...shape: readonly number[] | [readonly number[]]): Tensor {
    return new Tensor(native.view(this.id, shape.flat()))
  }
  transpose(a: number, b: number): Tensor {
    return new Tensor(native.transpose(this.id, a, b))
  }
  /** The transpose of a matrix. */
  t(): Tensor {
    return new Tensor(native.transpose(this.id, 0, 1))
  }
  permute(...order: readonly number[] | [readonly number[]]): Tensor {
    return new Tensor(native.permute(this.id, order.flat()))
  }
  narrow(dim: number, start: number, length: number): Tensor {
    return new Tensor(native.narrow(this.id, dim, start, length))
  }
  select(dim: number, index: number): Tensor {
    return new Tensor(native.select(this.id, dim, index))
  }
  expand(...shape: readonly number[] | [readonly number[]]): Tensor {
    return new Tensor(native.expand(this.id, shape.flat()))
  }
  squeeze(dim?: number): Tensor {
    return new Tensor(dim === undefined ? native.squeeze(this.id) : native.squeezeDim(this.id, dim))
  }
  unsqueeze(dim: number): Tensor {
    return new Tensor(native.unsqueeze(this.id, dim))
  }
  flatten(startDim = 0, endDim = -1): Tensor {
    return new Tensor(native.flatten(this.id, startDim, endDim))
  }
  contiguous(): Tensor {
    return new Tensor(native.contiguous(this.id))
  }
  clone(): Tensor {
    return new Tensor(native.clone(this.id))
  }
  /** In another dtype, or on another device; engineInfo().cuda says whether there is a 'cuda'. */
  to(target: DType | Device): Tensor {
    const device = deviceNumber(target)
    return new Tensor(
      device === null ? native.to(this.id, dtypeNumber(target as DType)) : native.toDevice(this.id, device),
    )
  }
  /** Rows (or slices along `dim`) at the positions in the int64 tensor `index`. */
  indexSelect(dim: number, index: Tensor): Tensor {
    return new Tensor(native.indexSelect(this.id, dim, index.id))
  }
  /** With slice i of `source` added to slice index[i] along `dim`. */
  indexAdd(dim: number, index: Tensor, source: Tensor): Tensor {
    return new Tensor(native.indexAdd(this.id, dim, index.id, source.id))
  }
  /** out[p] = this[p, but index[p] along dim], in the shape of the int64 tensor `index`. */
  gather(dim: number, index: Tensor): Tensor {
    return new Tensor(native.gather(this.id, dim, index.id))
  }
  /** As gather where the other dimensions broadcast. */
  takeAlongDim(index: Tensor, dim: number): Tensor {
    return new Tensor(native.takeAlongDim(this.id, index.id, dim))
  }
  /** A copy with out[p, but index[p] along dim] = source[p]; the last one wins. */
  scatter(dim: number, index: Tensor, source: Tensor | number): Tensor {
    return new Tensor(
      typeof source === 'number'
        ? native.scatterScalar(this.id, dim, index.id, source)
        : native.scatter(this.id, dim, index.id, source.id),
    )
  }
  /** As scatter, added. */
  scatterAdd(dim: number, index: Tensor, source: Tensor): Tensor {
    return new Tensor(native.scatterAdd(this.id, dim, index.id, source.id))
  }
  /** The elements where the bool `mask` is true, 1-d. */
  maskedSelect(mask: Tensor): Tensor {
    return new Tensor(native.maskedSelect(this.id, mask.id))
  }
  /** int64 [count, rank]: where the elements other than 0 are. */
  nonzero(): Tensor {
    return new Tensor(native.nonzero(this.id))
  }
  /** In order along `dim`, and where each came from; equal elements keep their order, NaN is the greatest. */
  sort(dim = -1, descending = false): { values: Tensor; indices: Tensor } {
    return valuesAndIndices(native.sort(this.id, dim, descending))
  }
  argsort(dim = -1, descending = false): Tensor {
    return new Tensor(native.argsort(this.id, dim, descending))
  }
  /** The k greatest (or least) along `dim` in order, and where they are. */
  topk(k: number, dim = -1, largest = true): { values: Tensor; indices: Tensor } {
    return valuesAndIndices(native.topk(this.id, k, dim, largest))
  }

  // ---- cutting and rearranging --------------------------------------------------------------------

  /** Views of pieces of one size, or of the given sizes, along `dim`. */
  split(size: number | readonly number[], dim = 0): Tensor[] {
    return all(
      typeof size === 'number' ? native.split(this.id, size, dim) : native.splitSizes(this.id, size, dim),
    )
  }
  /** At most `count` views of equal size along `dim`; the last may be smaller. */
  chunk(count: number, dim = 0): Tensor[] {
    return all(native.chunk(this.id, count, dim))
  }
  /** A view for each position along `dim`, which is gone from them. */
  unbind(dim = 0): Tensor[] {
    return all(native.unbind(this.id, dim))
  }
  /** Repeated counts[d] times along each dimension; more counts than dimensions add some in front. */
  repeat(...counts: readonly number[] | [readonly number[]]): Tensor {
    return new Tensor(native.repeat(this.id, counts.flat()))
  }
  /** As repeat; missing counts in front are 1. */
  tile(...counts: readonly number[] | [readonly number[]]): Tensor {
    return new Tensor(native.tile(this.id, counts.flat()))
  }
  flip(...dims: readonly number[] | [readonly number[]]): Tensor {
    return new Tensor(native.flip(this.id, dims.flat()))
  }
  /** Shifted along `dims`, what leaves at the end comes in at the start; without dims the flat tensor. */
  roll(shifts: Dim, dims?: Dim): Tensor {
    return new Tensor(native.roll(this.id, dimsOf(shifts), dimsOf(dims)))
  }
  /** Zeros above diagonal number `diagonal` of each matrix. */
  tril(diagonal = 0): Tensor {
    return new Tensor(native.tril(this.id, diagonal))
  }
  /** Zeros below diagonal number `diagonal` of each matrix. */
  triu(diagonal = 0): Tensor {
    return new Tensor(native.triu(this.id, diagonal))
  }
  /** A view of diagonal number `offset` of the matrices in two dimensions, as the last one. */
  diagonal(offset = 0, dim1 = 0, dim2 = 1): Tensor {
    return new Tensor(native.diagonal(this.id, offset, dim1, dim2))
  }
  movedim(from: Dim, to: Dim): Tensor {
    return new Tensor(native.movedim(this.id, dimsOf(from), dimsOf(to)))
  }
  swapaxes(a: number, b: number): Tensor {
    return new Tensor(native.transpose(this.id, a, b))
  }
  /** Dimension `dim` as several of `sizes`, one of which may be -1. */
  unflatten(dim: number, sizes: readonly number[]): Tensor {
    return new Tensor(native.unflatten(this.id, dim, sizes))
  }
  /** A view of every window of `size` along `dim`, `step` apart, as a new last dimension. */
  unfold(dim: number, size: number, step: number): Tensor {
    return new Tensor(native.unfold(this.id, dim, size, step))
  }
  broadcastTo(...shape: readonly number[] | [readonly number[]]): Tensor {
    return new Tensor(native.expand(this.id, shape.flat()))
  }

  // ---- reductions ---------------------------------------------------------------------------------

  sum(dim?: Dim, keepdim = false): Tensor {
    return new Tensor(native.sum(this.id, dimsOf(dim), keepdim))
  }
  mean(dim?: Dim, keepdim = false): Tensor {
    return new Tensor(native.mean(this.id, dimsOf(dim), keepdim))
  }
  /** The greatest element along the dims; ties share the gradient. */
  amax(dim?: Dim, keepdim = false): Tensor {
    return new Tensor(native.amax(this.id, dimsOf(dim), keepdim))
  }
  /** The least element along the dims; ties share the gradient. */
  amin(dim?: Dim, keepdim = false): Tensor {
    return new Tensor(native.amin(this.id, dimsOf(dim), keepdim))
  }
  /** The greatest of all elements, or along one dimension with its first position, which gets the gradient. */
  max(): Tensor
  max(dim: number, keepdim?: boolean): { values: Tensor; indices: Tensor }
  max(dim?: number, keepdim = false): Tensor | { values: Tensor; indices: Tensor } {
    return dim === undefined ? this.amax() : valuesAndIndices(native.maxAlong(this.id, dim, keepdim))
  }
  /** As max, the least. */
  min(): Tensor
  min(dim: number, keepdim?: boolean): { values: Tensor; indices: Tensor }
  min(dim?: number, keepdim = false): Tensor | { values: Tensor; indices: Tensor } {
    return dim === undefined ? this.amin() : valuesAndIndices(native.minAlong(this.id, dim, keepdim))
  }
  argmax(dim?: number, keepdim = false): Tensor {
    return new Tensor(native.argmax(this.id, dimsOf(dim), keepdim))
  }
  argmin(dim?: number, keepdim = false): Tensor {
    return new Tensor(native.argmin(this.id, dimsOf(dim), keepdim))
  }
  /** Squared distance from the mean, summed over (count - correction). */
  var(dim?: Dim, options: { correction?: number; keepdim?: boolean } = {}): Tensor {
    return new Tensor(native.var(this.id, dimsOf(dim), options.correction ?? 1, options.keepdim ?? false))
  }
  /** Square root of var. */
  std(dim?: Dim, options: { correction?: number; keepdim?: boolean } = {}): Tensor {
    return new Tensor(native.std(this.id, dimsOf(dim), options.correction ?? 1, options.keepdim ?? false))
  }
  prod(dim?: number, keepdim = false): Tensor {
    return new Tensor(native.prod(this.id, dimsOf(dim), keepdim))
  }
  /** log(sum(exp(x))), without overflow. */
  logsumexp(dim?: Dim, keepdim = false): Tensor {
    return new Tensor(native.logsumexp(this.id, dimsOf(dim), keepdim))
  }
  /** (sum |x|^p)^(1/p); p = Infinity is the greatest size, 0 counts what is not 0. */
  norm(p = 2, dim?: Dim, keepdim = false): Tensor {
    return new Tensor(native.norm(this.id, p, dimsOf(dim), keepdim))
  }
  /** int64: how many elements are not 0. */
  countNonzero(dim?: Dim): Tensor {
    return new Tensor(native.countNonzero(this.id, dimsOf(dim)))
  }
  /** bool: is some element not 0. */
  any(dim?: Dim, keepdim = false): Tensor {
    return new Tensor(native.any(this.id, dimsOf(dim), keepdim))
  }
  /** bool: is no element 0. */
  all(dim?: Dim, keepdim = false): Tensor {
    return new Tensor(native.all(this.id, dimsOf(dim), keepdim))
  }
  /** Running sum along `dim`; int64 for integers and bool. */
  cumsum(dim: number): Tensor {
    return new Tensor(native.cumsum(this.id, dim))
  }

  // ---- linear algebra and networks ----------------------------------------------------------------

  matmul(other: Tensor): Tensor {
    return new Tensor(native.matmul(this.id, other.id))
  }
  /** [B, M, K] @ [B, K, N] */
  bmm(other: Tensor): Tensor {
    return new Tensor(native.bmm(this.id, other.id))
  }
  /** beta * this + alpha * (a @ b), of matrices */
  addmm(a: Tensor, b: Tensor, options: { beta?: number; alpha?: number } = {}): Tensor {
    return new Tensor(native.addmm(this.id, a.id, b.id, options.beta ?? 1, options.alpha ?? 1))
  }
  /** beta * this + alpha * (a @ b), of batches of matrices */
  baddbmm(a: Tensor, b: Tensor, options: { beta?: number; alpha?: number } = {}): Tensor {
    return new Tensor(native.baddbmm(this.id, a.id, b.id, options.beta ?? 1, options.alpha ?? 1))
  }
  /** Inner product of two vectors. */
  dot(other: Tensor): Tensor {
    return new Tensor(native.dot(this.id, other.id))
  }
  /** Matrix times vector. */
  mv(vector: Tensor): Tensor {
    return new Tensor(native.mv(this.id, vector.id))
  }
  /** [n] and [m] to [n, m]: every product. */
  outer(other: Tensor): Tensor {
    return new Tensor(native.outer(this.id, other.id))
  }
  softmax(dim: number): Tensor {
    return new Tensor(native.softmax(this.id, dim))
  }
  logSoftmax(dim: number): Tensor {
    return new Tensor(native.logSoftmax(this.id, dim))
  }
}

guardMethods(Tensor.prototype, ['backward', 'registerHook', 'registerPostAccumulateGradHook'])
