export type Reduction = 'mean' | 'sum' | 'none'
const reductions = { none: 0, mean: 1, sum: 2 } as const

/** The native number of a loss's reduction, mean when not given. */
export function reductionNumber(reduction: Reduction | undefined): number {
  const number = reductions[reduction ?? 'mean'] as number | undefined
  if (number === undefined)
    throw new TypeError(`[loss] unknown reduction ${String(reduction)}, use mean, sum or none`)
  return number
}
