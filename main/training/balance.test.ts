import { describe, expect, test } from 'vitest'
import { balancedRows, classWeights } from './balance.ts'

test('every class counts alike, and a sample 1 on average', () => {
  const counts = [600, 300, 0, 100]
  const weights = classWeights(counts)
  expect(weights).toEqual([1000 / 1800, 1000 / 900, 0, 1000 / 300])
  const all = counts.reduce((sum, count, one) => sum + count * weights[one]!, 0)
  expect(all / 1000).toBeCloseTo(1, 12)
})

describe('balanced sampling', () => {
  // 700 of class 0, 250 of class 1, none of class 2, 53 of class 3.
  const classes = Uint32Array.from({ length: 1003 }, (_, row) => (row % 20 === 7 ? 3 : row % 4 === 1 ? 1 : 0))
  const countsOf = (rows: Uint32Array): number[] => {
    const counts = [0, 0, 0, 0]
    for (const row of rows) counts[classes[row]!]! += 1
    return counts
  }

  test('draws as many rows as there are, every class equally often', () => {
    for (let epoch = 1; epoch < 8; epoch += 1) {
      const rows = balancedRows(classes, 1, epoch)
      expect(rows).toHaveLength(1003)
      const counts = countsOf(rows)
      expect(counts[2]).toBe(0)
      expect([counts[0], counts[1], counts[3]].sort()).toEqual([334, 334, 335])
    }
  })

  test('no row comes again before all of its class have come', () => {
    const times = new Map<number, number>()
    for (const row of balancedRows(classes, 1, 1)) times.set(row, (times.get(row) ?? 0) + 1)
    for (const one of [0, 1, 3]) {
      const own = [...classes.keys()].filter((row) => classes[row] === one).map((row) => times.get(row) ?? 0)
      expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(1)
    }
  })

  test('in time every row of the largest class is drawn', () => {
    const seen = new Set(Array.from({ length: 12 }, (_, at) => [...balancedRows(classes, 1, at + 1)]).flat())
    expect(seen.size).toBe(1003)
  })

  test('seed and epoch decide', () => {
    expect(balancedRows(classes, 1, 1)).toEqual(balancedRows(classes, 1, 1))
    expect(balancedRows(classes, 1, 2)).not.toEqual(balancedRows(classes, 1, 1))
    expect(balancedRows(classes, 2, 1)).not.toEqual(balancedRows(classes, 1, 1))
  })

  test('one class, or no row at all', () => {
    expect([...balancedRows(Uint32Array.of(4, 4), 1, 1)].sort()).toEqual([0, 1])
    expect(balancedRows(new Uint32Array(), 1, 1)).toHaveLength(0)
  })
})
