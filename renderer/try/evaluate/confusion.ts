/** What a confusion matrix says, in an order that is easy to read. Pure. */

export interface Confused {
  target: number
  predicted: number
  count: number
}

/** Cells beside the diagonal, the most frequent first. */
export function mostConfused(confusion: readonly number[], k: number, most: number): Confused[] {
  const cells: Confused[] = []
  for (let target = 0; target < k; target++)
    for (let predicted = 0; predicted < k; predicted++) {
      const count = confusion[target * k + predicted] ?? 0
      if (count > 0 && target !== predicted) cells.push({ target, predicted, count })
    }
  return cells
    .sort((a, b) => b.count - a.count || a.target - b.target || a.predicted - b.predicted)
    .slice(0, most)
}

/** As they are; those with the most wrong samples first; those with the most samples first. */
export const matrixOrders = ['classes', 'errors', 'samples'] as const
export type MatrixOrder = (typeof matrixOrders)[number]

/** The classes in the order of rows and columns. */
export function orderOf(confusion: readonly number[], k: number, order: MatrixOrder): number[] {
  const classes = Array.from({ length: k }, (_, one) => one)
  if (order === 'classes') return classes
  const first = classes.map((one) => {
    const samples = classes.reduce((sum, other) => sum + (confusion[one * k + other] ?? 0), 0)
    return order === 'samples' ? samples : samples - (confusion[one * k + one] ?? 0)
  })
  return classes.sort((a, b) => first[b]! - first[a]! || a - b)
}

/** Which rows and columns are seen: `count` of them from `row` and `column` on. */
export interface Window {
  row: number
  column: number
  count: number
}

const fewest = 4

/** Shows `count` of `k` classes, with the place at (`column`, `row`) staying where it is. */
export function zoomed(
  view: Window,
  place: { row: number; column: number },
  count: number,
  k: number,
): Window {
  const next = Math.max(Math.min(fewest, k), Math.min(k, Math.round(count)))
  const begin = (from: number, at: number): number =>
    Math.max(0, Math.min(k - next, Math.round(at - ((at - from) * next) / view.count)))
  return { row: begin(view.row, place.row), column: begin(view.column, place.column), count: next }
}

/** Moved as little as it takes to see a place. */
export function revealed(view: Window, { row, column }: { row: number; column: number }): Window {
  const begin = (from: number, at: number): number => Math.max(at - view.count + 1, Math.min(from, at))
  return { ...view, row: begin(view.row, row), column: begin(view.column, column) }
}

/** Share of a row, 0 to 1. */
export function rowShares(confusion: readonly number[], k: number): number[] {
  const sums = Array.from({ length: k }, (_, row) =>
    confusion.slice(row * k, (row + 1) * k).reduce((a, b) => a + b, 0),
  )
  return confusion.map((count, at) => {
    const sum = sums[Math.floor(at / k)] ?? 0
    return sum === 0 ? 0 : count / sum
  })
}
