/** Tensors in other shapes, where a size may be known only when the model runs. */
import {
  formatDim,
  isSymbolic,
  multiply,
  sameDim,
  sameShape,
  type Dim,
  type Shape,
} from '../../common/dims.ts'
import { notInOnnx } from './refusal.ts'
import type { Traced } from './traced.ts'

/** A shape with another size at an axis. */
export const resized = (shape: Shape, axis: number, size: Dim): Shape =>
  shape.map((dim, i) => (i === axis ? size : dim))

/** int64 `[rank]`: a shape as a tensor. */
export function shapeTensor(x: Traced, shape: readonly Dim[]): Traced {
  const { graph } = x
  const list = (numbers: readonly number[]): Traced => graph.constant(numbers, [numbers.length], 'int64')
  const parts: Traced[] = []
  let numbers: number[] = []
  const close = (): void => {
    if (numbers.length > 0) parts.push(list(numbers))
    numbers = []
  }
  for (const dim of shape)
    if (isSymbolic(dim)) {
      close()
      parts.push(graph.sizeList(dim))
    } else numbers.push(dim)
  close()
  const [only] = parts
  if (!only) return list([])
  if (parts.length === 1) return only
  return graph.one('Concat', parts, { axis: { i: 0 } }, [shape.length], 'int64')
}

/** @param sizes one of them may be -1: what is left */
export function reshaped(x: Traced, sizes: readonly number[]): Traced {
  const wanted = sizes.map((size) => (size === -1 ? null : x.graph.sizes.dimOf(size)))
  const rest = wanted.includes(null)
    ? quotient(
        x.dims,
        wanted.filter((dim) => dim !== null),
      )
    : null
  const dims = wanted.map((dim) => dim ?? (rest as Dim))
  if (sameShape(dims, x.dims)) return x
  // 0 stands for the size that the input has there, -1 for what is left.
  const same = dims.map((dim, i) => i < x.dims.length && sameDim(dim, x.dims[i] as Dim))
  const target = dims.map((dim, i) => (wanted[i] === null ? -1 : isSymbolic(dim) && same[i] ? 0 : dim))
  const open = target.filter(isSymbolic)
  const [last] = open
  const list = last !== undefined && open.length === 1 && rest === null ? target.map((dim) => (dim === last ? -1 : dim)) : target // prettier-ignore
  return x.graph.one('Reshape', [x, shapeTensor(x, list)], {}, dims, x.dtype)
}

export const expanded = (x: Traced, shape: Shape): Traced =>
  sameShape(shape, x.dims) ? x : x.graph.one('Expand', [x, shapeTensor(x, shape)], {}, shape, x.dtype)

/** What is left of a product of sizes when those of another are taken out. */
function quotient(product: Shape, divisor: Shape): Dim {
  const { constant: times, factors } = factorsOf(product)
  const { constant: by, factors: taken } = factorsOf(divisor)
  for (const one of taken) {
    const at = factors.findIndex((factor) => formatDim(factor) === formatDim(one))
    if (at < 0)
      throw notInOnnx(`it lays out ${formatDim(multiply(...product))} values in parts of ${formatDim(one)}`)
    factors.splice(at, 1)
  }
  return multiply(times / by, ...factors)
}

function factorsOf(shape: Shape): { constant: number; factors: Dim[] } {
  const product = multiply(...shape)
  const factors = isSymbolic(product) && product.op === 'multiply' ? [...product.factors] : [product]
  const constant = factors.reduce<number>((all, factor) => (isSymbolic(factor) ? all : all * factor), 1)
  return { constant, factors: factors.filter(isSymbolic) }
}
