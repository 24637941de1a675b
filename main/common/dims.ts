/**
 * Symbolic sizes: a number, a symbol (`B` batch, `T` time, `H` `W` image size) or arithmetic on them.
 * Constructors simplify what they can, so equal shapes are structurally equal in practice.
 */
export type Dim = number | Expression
export type Expression =
  | { op: 'symbol'; name: string }
  | { op: 'multiply'; factors: readonly Dim[] }
  | { op: 'add'; terms: readonly Dim[] }
  | { op: 'floorDivide'; value: Dim; by: number }

export type Shape = readonly Dim[]

export const symbol = (name: string): Dim => ({ op: 'symbol', name })
export const batch: Dim = symbol('B')

/** Product with numbers folded and nested products flattened; symbols keep a stable order. */
export function multiply(...dims: readonly Dim[]): Dim {
  let constant = 1
  const factors: Exclude<Dim, number>[] = []
  for (const dim of dims.flatMap((d) => (typeof d !== 'number' && d.op === 'multiply' ? d.factors : [d]))) {
    if (typeof dim === 'number') constant *= dim
    else factors.push(dim)
  }
  if (constant === 0 || factors.length === 0) return constant
  factors.sort((a, b) => (formatDim(a) < formatDim(b) ? -1 : 1))
  if (constant === 1 && factors.length === 1) return factors[0] as Dim
  return { op: 'multiply', factors: constant === 1 ? factors : [constant, ...factors] }
}

/** Sum with numbers folded and nested sums flattened. */
export function add(...dims: readonly Dim[]): Dim {
  let constant = 0
  const terms: Exclude<Dim, number>[] = []
  for (const dim of dims.flatMap((d) => (typeof d !== 'number' && d.op === 'add' ? d.terms : [d]))) {
    if (typeof dim === 'number') constant += dim
    else terms.push(dim)
  }
  if (terms.length === 0) return constant
  terms.sort((a, b) => (formatDim(a) < formatDim(b) ? -1 : 1))
  if (constant === 0 && terms.length === 1) return terms[0] as Dim
  return { op: 'add', terms: constant === 0 ? terms : [...terms, constant] }
}

/** floor(value / by) for a positive integer `by`. */
export function floorDivide(value: Dim, by: number): Dim {
  if (by === 1) return value
  if (typeof value === 'number') return Math.floor(value / by)
  return { op: 'floorDivide', value, by }
}

/** Whether a size is known only with the data. */
export const isSymbolic = (dim: Dim): dim is Expression => typeof dim !== 'number'

export function formatDim(dim: Dim): string {
  if (typeof dim === 'number') return String(dim)
  switch (dim.op) {
    case 'symbol':
      return dim.name
    case 'multiply':
      return dim.factors.map(formatPart).join('·')
    case 'add':
      return dim.terms.map(formatDim).join('+').replaceAll('+-', '-')
    case 'floorDivide':
      return `⌊${formatPart(dim.value)}/${dim.by}⌋`
  }
}

/** A sum needs brackets inside a product or a quotient. */
const formatPart = (dim: Dim): string =>
  typeof dim !== 'number' && dim.op === 'add' ? `(${formatDim(dim)})` : formatDim(dim)

/** `B x 3 x H x W`; a scalar is `scalar`. */
export const formatShape = (shape: Shape): string =>
  shape.length === 0 ? 'scalar' : shape.map(formatDim).join(' x ')

export const sameDim = (a: Dim, b: Dim): boolean => formatDim(a) === formatDim(b)
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, i) => sameDim(dim, b[i] as Dim))

/** The value of a size once its symbols are known; null while one is not. */
export function evaluate(dim: Dim, symbols: Readonly<Record<string, number>>): number | null {
  if (typeof dim === 'number') return dim
  switch (dim.op) {
    case 'symbol':
      return symbols[dim.name] ?? null
    case 'multiply':
      return fold(dim.factors, symbols, 1, (a, b) => a * b)
    case 'add':
      return fold(dim.terms, symbols, 0, (a, b) => a + b)
    case 'floorDivide': {
      const value = evaluate(dim.value, symbols)
      return value === null ? null : Math.floor(value / dim.by)
    }
  }
}

function fold(
  dims: readonly Dim[],
  symbols: Readonly<Record<string, number>>,
  start: number,
  join: (a: number, b: number) => number,
): number | null {
  let result = start
  for (const dim of dims) {
    const value = evaluate(dim, symbols)
    if (value === null) return null
    result = join(result, value)
  }
  return result
}
