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

export type MatrixOrder = 'classes' | 'errors'

/** The classes in the order of rows and columns: as they are, or those with the most wrong samples first. */
export function orderOf(confusion: readonly number[], k: number, order: MatrixOrder): number[] {
  const classes = Array.from({ length: k }, (_, one) => one)
  if (order === 'classes') return classes
  const wrong = classes.map((one) =>
    classes.reduce((sum, other) => (other === one ? sum : sum + (confusion[one * k + other] ?? 0)), 0),
  )
  return classes.sort((a, b) => wrong[b]! - wrong[a]! || a - b)
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
