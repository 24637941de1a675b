/** A tensor of a graph that is being written: what it is called and how large it is, and no numbers. */
import { formatShape, isSymbolic, sameDim, type Dim, type Shape } from '../../common/dims.ts'
import { broadcast } from '../../common/expression/axes.ts'
import type { TensorMethods } from '../../common/ops.ts'
import type { Graph } from './graph.ts'
import { notInOnnx } from './refusal.ts'
import type { Dtype } from './schema.ts'
import { expanded, reshaped, resized } from './shaping.ts'

export class Traced implements TensorMethods<Traced> {
  readonly graph: Graph
  /** In the graph; given when it is written. */
  name: string
  readonly dims: Shape
  readonly dtype: Dtype

  constructor(graph: Graph, name: string, dims: Shape, dtype: Dtype) {
    this.graph = graph
    this.name = name
    this.dims = dims
    this.dtype = dtype
  }

  get shape(): readonly number[] {
    return this.dims.map((dim) => this.graph.sizes.numberOf(dim))
  }

  /** The axis, counted from the front. */
  axis(dim: number): number {
    return dim < 0 ? dim + this.dims.length : dim
  }

  dim(axis: number): Dim {
    const dim = this.dims[this.axis(axis)]
    if (dim === undefined) throw new Error(`[onnx] ${formatShape(this.dims)} has no axis ${axis}`)
    return dim
  }

  /** A number beside this tensor, of its dtype; a size that is known only later is asked for then. */
  beside(other: Traced | number): Traced {
    if (typeof other !== 'number') return other
    if (this.dtype === 'float32') return this.graph.constant([other], [], 'float32')
    return this.graph.sizes.has(other)
      ? this.graph.size(this.graph.sizes.dimOf(other))
      : this.graph.constant([other], [], this.dtype)
  }

  #each(op: string): Traced {
    return this.graph.one(op, [this], {}, this.dims, this.dtype)
  }

  #with(op: string, other: Traced | number, dtype: Dtype = this.dtype): Traced {
    const right = this.beside(other)
    const dims = broadcast(this.dims, right.dims)
    if (!dims) throw new Error(`[onnx] ${op} of ${formatShape(this.dims)} and ${formatShape(right.dims)}`)
    return this.graph.one(op, [this, right], {}, dims, dtype)
  }

  add = (other: Traced | number): Traced => this.#with('Add', other)
  sub = (other: Traced | number): Traced => this.#with('Sub', other)
  mul = (other: Traced | number): Traced => this.#with('Mul', other)
  div = (other: Traced | number): Traced => this.#with('Div', other)
  pow = (other: Traced | number): Traced => this.#with('Pow', other)
  lt = (other: Traced | number): Traced => this.#with('Less', other, 'bool')
  le = (other: Traced | number): Traced => this.#with('LessOrEqual', other, 'bool')
  gt = (other: Traced | number): Traced => this.#with('Greater', other, 'bool')
  ge = (other: Traced | number): Traced => this.#with('GreaterOrEqual', other, 'bool')
  and = (other: Traced): Traced => this.#with('And', other)
  maximum = (other: Traced): Traced => this.#with('Max', other)
  minimum = (other: Traced): Traced => this.#with('Min', other)
  neg = (): Traced => this.#each('Neg')
  exp = (): Traced => this.#each('Exp')
  log = (): Traced => this.#each('Log')
  sqrt = (): Traced => this.#each('Sqrt')
  abs = (): Traced => this.#each('Abs')
  square = (): Traced => this.mul(this)
  sign = (): Traced => this.#each('Sign')
  sin = (): Traced => this.#each('Sin')
  cos = (): Traced => this.#each('Cos')
  erf = (): Traced => this.#each('Erf')
  floor = (): Traced => this.#each('Floor')
  reciprocal = (): Traced => this.#each('Reciprocal')

  clamp(minimum: number | null, maximum: number | null = null): Traced {
    const limits = [minimum, maximum].map((limit) => (limit === null ? null : this.beside(limit)))
    return this.graph.one('Clip', [this, ...limits], {}, this.dims, this.dtype)
  }

  sum = (dim?: number | readonly number[], keepdim?: boolean): Traced =>
    this.#reduced('ReduceSum', dim, keepdim)
  mean = (dim?: number | readonly number[], keepdim?: boolean): Traced =>
    this.#reduced('ReduceMean', dim, keepdim)
  amax = (dim?: number | readonly number[], keepdim?: boolean): Traced =>
    this.#reduced('ReduceMax', dim, keepdim)
  amin = (dim?: number | readonly number[], keepdim?: boolean): Traced =>
    this.#reduced('ReduceMin', dim, keepdim)

  #reduced(op: string, dim: number | readonly number[] | undefined, keepdim = false): Traced {
    const given = dim === undefined ? [...this.dims.keys()] : typeof dim === 'number' ? [dim] : dim
    const axes = given.map((one) => this.axis(one))
    const dims = keepdim
      ? this.dims.map((one, axis) => (axes.includes(axis) ? 1 : one))
      : this.dims.filter((_, axis) => !axes.includes(axis))
    const inputs = [this, this.graph.constant(axes, [axes.length], 'int64')]
    return this.graph.one(op, inputs, { keepdims: { i: keepdim ? 1 : 0 } }, dims, this.dtype)
  }

  matmul(other: Traced): Traced {
    const stack = broadcast(this.dims.slice(0, -2), other.dims.slice(0, -2))
    if (!stack) throw new Error(`[onnx] MatMul of ${formatShape(this.dims)} and ${formatShape(other.dims)}`)
    return this.graph.one('MatMul', [this, other], {}, [...stack, this.dim(-2), other.dim(-1)], this.dtype)
  }

  reshape = (shape: readonly number[]): Traced => reshaped(this, shape)

  transpose(a: number, b: number): Traced {
    const order = [...this.dims.keys()]
    order[this.axis(a)] = this.axis(b)
    order[this.axis(b)] = this.axis(a)
    return this.permute(order)
  }

  permute(order: readonly number[]): Traced {
    if (order.every((axis, i) => axis === i)) return this
    const dims = order.map((axis) => this.dim(axis))
    return this.graph.one('Transpose', [this], { perm: { ints: order } }, dims, this.dtype)
  }

  narrow(dim: number, start: number, length: number): Traced {
    const axis = this.axis(dim)
    const size = this.graph.sizes.dimOf(length)
    if (start === 0 && sameDim(size, this.dim(axis))) return this
    const list = (value: number): Traced => this.graph.constant([value], [1], 'int64')
    const end = isSymbolic(size)
      ? start === 0
        ? this.graph.sizeList(size)
        : this.graph.sizeList(size).add(start)
      : list(start + size)
    const dims = resized(this.dims, axis, size)
    return this.graph.one('Slice', [this, list(start), end, list(axis)], {}, dims, this.dtype)
  }

  select(dim: number, index: number): Traced {
    const axis = this.axis(dim)
    const dims = this.dims.filter((_, i) => i !== axis)
    const at = this.graph.constant([index], [], 'int64')
    return this.graph.one('Gather', [this, at], { axis: { i: axis } }, dims, this.dtype)
  }

  unsqueeze(dim: number): Traced {
    const axis = dim < 0 ? dim + this.dims.length + 1 : dim
    return this.graph.one(
      'Unsqueeze',
      [this, this.graph.constant([axis], [1], 'int64')],
      {},
      this.dims.toSpliced(axis, 0, 1),
      this.dtype,
    )
  }

  squeeze(dim?: number): Traced {
    const axes =
      dim === undefined
        ? [...this.dims.keys()].filter((axis) => this.dims[axis] === 1)
        : this.dim(dim) === 1
          ? [this.axis(dim)]
          : []
    if (axes.length === 0) return this
    const dims = this.dims.filter((_, axis) => !axes.includes(axis))
    const inputs = [this, this.graph.constant(axes, [axes.length], 'int64')]
    return this.graph.one('Squeeze', inputs, {}, dims, this.dtype)
  }

  expand = (shape: readonly number[]): Traced =>
    expanded(
      this,
      shape.map((size) => this.graph.sizes.dimOf(size)),
    )

  indexSelect(dim: number, index: Traced): Traced {
    const axis = this.axis(dim)
    const dims = resized(this.dims, axis, index.dim(0))
    return this.graph.one('Gather', [this, index], { axis: { i: axis } }, dims, this.dtype)
  }

  gather(dim: number, index: Traced): Traced {
    const attributes = { axis: { i: this.axis(dim) } }
    return this.graph.one('GatherElements', [this, index], attributes, index.dims, this.dtype)
  }

  split(size: number | readonly number[], dim = 0): Traced[] {
    const axis = this.axis(dim)
    const whole = this.dim(axis)
    if (isSymbolic(whole)) throw notInOnnx('it splits an axis whose size is known only when the model runs')
    const sizes =
      typeof size === 'number'
        ? Array.from({ length: Math.ceil(whole / size) }, (_, i) => Math.min(size, whole - i * size))
        : size
    return this.graph.add(
      'Split',
      [this, this.graph.constant(sizes, [sizes.length], 'int64')],
      { axis: { i: axis } },
      sizes.map((one) => ({ dims: resized(this.dims, axis, one), dtype: this.dtype })),
    )
  }

  to(dtype: Dtype): Traced {
    return dtype === this.dtype ? this : this.graph.cast(this, dtype)
  }
}
