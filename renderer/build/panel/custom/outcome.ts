/** The result of a gradient check in words. */
import type { GradientCheck } from '../../../../main/common/inspection.ts'

/** What a check of one input means, as the rest of a line that begins with its name. */
export function outcome({ passed, none, largest, compared }: GradientCheck): string {
  if (passed && none) return 'no gradient, and none is needed'
  if (passed) return `passes · ${compared} ${compared === 1 ? 'element' : 'elements'}${apart(largest)}`
  const output = largest?.output ?? 'the output'
  return none
    ? `fails: none is given, but ${output} depends on it`
    : 'fails: the gradient is wrong, most here'
}

const apart = (largest: GradientCheck['largest']): string => {
  const off = largest ? Math.abs(largest.analytical - largest.numerical) : 0
  return off === 0 ? '' : ` within ${off.toExponential(0)}`
}

/** `[0, 1]`; nothing for a scalar. */
export const position = (index: readonly number[]): string =>
  index.length > 0 ? `[${index.join(', ')}]` : ''

/** Six digits: finite differences carry few more. */
export const deviation = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value)
