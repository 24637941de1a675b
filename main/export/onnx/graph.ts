/** A graph of ONNX while it is being written: nodes, constants and weights, named by the layer that is at work. */
import { formatDim, isSymbolic, type Dim, type Shape } from '../../common/dims.ts'
import { Sizes } from './sizes.ts'
import { elementTypes, type Dtype } from './schema.ts'
import { Traced } from './traced.ts'

export type Attribute =
  { i: number } | { f: number } | { s: string } | { ints: readonly number[] } | { strings: readonly string[] }
export type Attributes = Readonly<Record<string, Attribute>>

export interface GraphNode {
  name: string
  op: string
  /** Null where an optional one is left out. */
  inputs: readonly (Traced | null)[]
  outputs: readonly Traced[]
  attributes: Attributes
}

/** A part of an array of the checkpoint: elements `from` up to `to`. */
export interface Piece {
  key: string
  from: number
  to: number
}

export type Content = { bytes: Uint8Array } | { pieces: readonly Piece[] }

interface Result {
  dims: Shape
  dtype: Dtype
}

export class Graph {
  readonly sizes = new Sizes()
  readonly nodes: GraphNode[] = []
  /** Constants and weights. */
  readonly contents = new Map<Traced, Content>()
  readonly inputs: Traced[] = []
  /** In front of the names of what is added: the layer. */
  scope = ''
  readonly #names = new Set<string>()
  readonly #known = new Map<string, readonly Traced[]>()
  readonly #ids = new Map<Traced, number>()
  /** Where the size of a symbol can be read. */
  readonly #places = new Map<string, { of: Traced; axis: number }>()

  input(name: string, dims: Shape, dtype: Dtype): Traced {
    const made = this.#made(name, dims, dtype)
    this.inputs.push(made)
    return made
  }

  /** Results of an operation. The same of the same is written once. */
  add(
    op: string,
    inputs: readonly (Traced | null)[],
    attributes: Attributes,
    results: readonly Result[],
  ): Traced[] {
    const ids = inputs.map((input) => (input ? this.#ids.get(input) : null))
    const key = JSON.stringify([op, ids, attributes, results.length])
    const known = this.#known.get(key)
    if (known) return [...known]
    const name = this.#name(`${this.scope}/${op}`)
    this.#names.add(name)
    const outputs = results.map(({ dims, dtype }, i) =>
      this.#made(results.length === 1 ? name : `${name}:${i}`, dims, dtype),
    )
    this.nodes.push({ name, op, inputs, outputs, attributes })
    this.#known.set(key, outputs)
    return outputs
  }

  one(
    op: string,
    inputs: readonly (Traced | null)[],
    attributes: Attributes,
    dims: Shape,
    dtype: Dtype,
  ): Traced {
    return this.add(op, inputs, attributes, [{ dims, dtype }])[0] as Traced
  }

  cast(x: Traced, dtype: Dtype): Traced {
    return this.one('Cast', [x], { to: { i: elementTypes[dtype] } }, x.dims, dtype)
  }

  constant(values: readonly number[], dims: Shape, dtype: Dtype): Traced {
    const key = `${dtype} ${dims.join('x')}: ${values.map((value) => (Object.is(value, -0) ? '-0' : value)).join()}`
    const known = this.#known.get(key)?.[0]
    if (known) return known
    const array =
      dtype === 'int64'
        ? BigInt64Array.from(values, BigInt)
        : dtype === 'float32'
          ? Float32Array.from(values)
          : dtype === 'int32'
            ? Int32Array.from(values)
            : Uint8Array.from(values)
    const made = this.#made(this.#name('constant'), dims, dtype)
    this.contents.set(made, { bytes: new Uint8Array(array.buffer) })
    this.#known.set(key, [made])
    return made
  }

  /** float32 from the checkpoint. */
  weight(name: string, dims: readonly number[], pieces: readonly Piece[]): Traced {
    const made = this.#made(this.#name(name), dims, 'float32')
    this.contents.set(made, { pieces })
    return made
  }

  /** Where the numbers of a weight are in the checkpoint; nothing of any other tensor. */
  piecesOf(x: Traced): readonly Piece[] {
    const content = this.contents.get(x)
    return content && 'pieces' in content ? content.pieces : []
  }

  /** int64 scalar. */
  size(dim: Dim): Traced {
    if (!isSymbolic(dim)) return this.constant([dim], [], 'int64')
    return this.sizeList(dim).squeeze(0)
  }

  /** int64 `[1]`. */
  sizeList(dim: Dim): Traced {
    if (!isSymbolic(dim)) return this.constant([dim], [1], 'int64')
    const place = this.#places.get(formatDim(dim))
    if (!place) return this.reckon(dim, (name) => this.sizeList({ op: 'symbol', name })).reshape([1])
    const { of, axis } = place
    return this.one('Shape', [of], { start: { i: axis }, end: { i: axis + 1 } }, [1], 'int64')
  }

  /** The value of a size whose symbols are tensors: int64, as large as they are. */
  reckon(dim: Dim, symbol: (name: string) => Traced): Traced {
    if (!isSymbolic(dim)) return this.constant([dim], [], 'int64')
    if (dim.op === 'symbol') return symbol(dim.name)
    if (dim.op === 'floorDivide') return this.reckon(dim.value, symbol).div(dim.by)
    const parts = dim.op === 'add' ? dim.terms : dim.factors
    // Numbers last: they are the ones that take the other's shape.
    const sorted = parts.toSorted((a, b) => Number(!isSymbolic(a)) - Number(!isSymbolic(b)))
    return sorted
      .map((part) => this.reckon(part, symbol))
      .reduce((a, b) => (dim.op === 'add' ? a.add(b) : a.mul(b)))
  }

  #made(name: string, dims: Shape, dtype: Dtype): Traced {
    const made = new Traced(this, name, dims, dtype)
    this.#names.add(name)
    this.#ids.set(made, this.#ids.size)
    for (const [axis, dim] of dims.entries())
      if (isSymbolic(dim) && !this.#places.has(formatDim(dim)))
        this.#places.set(formatDim(dim), { of: made, axis })
    return made
  }

  #name(stem: string): string {
    let name = stem
    for (let count = 2; this.#names.has(name); count++) name = `${stem}_${count}`
    return name
  }
}
