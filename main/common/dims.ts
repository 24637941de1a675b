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

/**
 * A size as whole multiples of products and a number: `3·H·W - 2`. Floors keep a rest of 0..by-1 inside, so that
 * equal sizes have equal parts however they were built.
 */
interface Combination {
  constant: number
  parts: Map<string, { times: number; of: Expression }>
}

function collect(dim: Dim, times: number, into: Combination): void {
  if (typeof dim === 'number') {
    into.constant += times * dim
    return
  }
  if (dim.op === 'add') {
    for (const term of dim.terms) collect(term, times, into)
    return
  }
  if (dim.op === 'multiply' && typeof dim.factors[0] === 'number') {
    collect(multiply(...dim.factors.slice(1)), times * dim.factors[0], into)
    return
  }
  if (dim.op === 'floorDivide') {
    const { constant } = combination(dim.value)
    const whole = Math.floor(constant / dim.by)
    if (whole !== 0) {
      into.constant += times * whole
      collect({ ...dim, value: add(dim.value, -whole * dim.by) }, times, into)
      return
    }
  }
  const key = formatDim(dim)
  const part = into.parts.get(key)
  into.parts.set(key, { times: times + (part?.times ?? 0), of: dim })
}

function combination(...dims: readonly Dim[]): Combination {
  const into: Combination = { constant: 0, parts: new Map() }
  for (const dim of dims) collect(dim, 1, into)
  for (const [key, { times }] of into.parts) if (times === 0) into.parts.delete(key)
  return into
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? Math.abs(a) : greatestDivisor(b, a % b))

/** Sum with equal terms collected and a common factor taken out: `2·(H+1)`. */
export function add(...dims: readonly Dim[]): Dim {
  if (dims.every((dim) => typeof dim === 'number')) return dims.reduce((a, b) => a + b, 0)
  const { constant, parts } = combination(...dims)
  if (parts.size === 0) return constant
  const all = [...parts.values()]
  const common = all.reduce((divisor, { times }) => greatestDivisor(divisor, times), constant)
  return multiply(
    common,
    sum(
      all.map(({ times, of }) => multiply(times / common, of)),
      constant / common,
    ),
  )
}

/** A number beside a single floor goes into it: floor(H/2) + 1 is floor((H+2)/2). */
function sum(terms: readonly Dim[], constant: number): Dim {
  const floors = terms.filter((term) => isSymbolic(term) && term.op === 'floorDivide')
  if (constant !== 0 && floors.length === 1) {
    const raised = terms.map((term) =>
      isSymbolic(term) && term.op === 'floorDivide'
        ? { ...term, value: add(term.value, constant * term.by) }
        : term,
    )
    return sum(raised, 0)
  }
  if (constant === 0 && terms.length === 1) return terms[0] as Dim
  const sorted = terms.toSorted((a, b) => (sumOrder(a) < sumOrder(b) ? -1 : 1))
  return { op: 'add', terms: constant === 0 ? sorted : [...sorted, constant] }
}

/** What is taken away comes last. */
const sumOrder = (dim: Dim): string => formatDim(dim).replace(/^-/, '~')

/** floor(value / by) for a positive integer `by`. */
export function floorDivide(value: Dim, by: number): Dim {
  if (by === 1) return value
  if (typeof value === 'number') return Math.floor(value / by)
  if (value.op === 'floorDivide') return floorDivide(value.value, value.by * by)
  const { constant, parts } = combination(value)
  const all = [...parts.values()]
  const common = all.reduce((divisor, { times }) => greatestDivisor(divisor, times), by)
  if (common === 1) return { op: 'floorDivide', value, by }
  const reduced = all.map(({ times, of }) => multiply(times / common, of))
  return floorDivide(add(...reduced, Math.floor(constant / common)), by / common)
}

/** Whether a size is known only with the data. */
export const isSymbolic = (dim: Dim): dim is Expression => typeof dim !== 'number'

export function formatDim(dim: Dim): string {
  if (typeof dim === 'number') return String(dim)
  switch (dim.op) {
    case 'symbol':
      return dim.name
    case 'multiply':
      return dim.factors.map(formatPart).join('·').replace(/^-1·/, '-')
    case 'add':
      return dim.terms.map(formatDim).join('+').replaceAll('+-', '-')
    case 'floorDivide': {
      const { value, by } = dim
      // floor((H+1)/2) is H/2 rounded up, and reads so.
      if (isSymbolic(value) && value.op === 'add' && value.terms.at(-1) === by - 1)
        return `⌈${formatPart(add(...value.terms.slice(0, -1)))}/${by}⌉`
      return `⌊${formatPart(value)}/${by}⌋`
    }
  }
}

/** A sum needs brackets inside a product or a quotient. */
const formatPart = (dim: Dim): string =>
  typeof dim !== 'number' && dim.op === 'add' ? `(${formatDim(dim)})` : formatDim(dim)

/** `B x 3 x H x W`; a scalar is `scalar`. */
export const formatShape = (shape: Shape): string =>
  shape.length === 0 ? 'scalar' : shape.map(formatDim).join(' x ')

export const sameDim = (a: Dim, b: Dim): boolean =>
  a === b || (typeof a !== 'number' && typeof b !== 'number' && formatDim(a) === formatDim(b))
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
