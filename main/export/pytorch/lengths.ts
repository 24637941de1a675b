/** How long a sequence is at some place of a network, in Python: from its steps at the Input. */
import { isSymbolic, type Dim } from '../../common/dims.ts'

/** The one symbol whose size differs within a batch. */
const steps = 'T'

/** `(lengths + 1) // 2`; null for a size that is the same for all samples of a batch. */
export function lengthsIn(dim: Dim | undefined): string | null {
  if (dim === undefined || !isSymbolic(dim) || !symbolsOf(dim).has(steps)) return null
  return symbolsOf(dim).size === 1 ? python(dim, false) : null
}

function symbolsOf(dim: Dim): Set<string> {
  if (typeof dim === 'number') return new Set()
  if (dim.op === 'symbol') return new Set([dim.name])
  const parts = dim.op === 'add' ? dim.terms : dim.op === 'multiply' ? dim.factors : [dim.value]
  return new Set(parts.flatMap((part) => [...symbolsOf(part)]))
}

function python(dim: Dim, inner: boolean): string {
  if (typeof dim === 'number') return String(dim)
  if (dim.op === 'symbol') return 'lengths'
  const text =
    dim.op === 'add'
      ? dim.terms
          .map((term) => python(term, true))
          .join(' + ')
          .replaceAll('+ -', '- ')
      : dim.op === 'multiply'
        ? dim.factors.map((factor) => python(factor, true)).join(' * ')
        : `${python(dim.value, true)} // ${dim.by}`
  return inner ? `(${text})` : text
}
