import { describe, expect, it } from 'vitest'
import { mostConfused, orderOf, revealed, rowShares, zoomed } from './confusion.ts'

// Class 0: 8 right, 2 taken for 1; class 1: all right; class 2: 1 right, 5 taken for 0, 2 for 1.
const confusion = [8, 2, 0, 0, 7, 0, 5, 2, 1]

it('lists what is mistaken for what, the most frequent first', () => {
  expect(mostConfused(confusion, 3, 2)).toEqual([
    { target: 2, predicted: 0, count: 5 },
    { target: 0, predicted: 1, count: 2 },
  ])
  expect(mostConfused([3, 0, 0, 4], 2, 9)).toEqual([])
})

it('puts the classes with the most mistakes first', () => {
  expect(orderOf(confusion, 3, 'errors')).toEqual([2, 0, 1])
  expect(orderOf(confusion, 3, 'classes')).toEqual([0, 1, 2])
})

it('says shares of the true class; a class without samples has none', () => {
  expect(rowShares(confusion, 3)[0]).toBeCloseTo(0.8)
  expect(rowShares([0, 0, 1, 3], 2)).toEqual([0, 0, 0.25, 0.75])
})

it('puts the classes with the most samples first, equal ones as they are', () => {
  expect(orderOf(confusion, 3, 'samples')).toEqual([0, 2, 1])
})

describe('looking closer', () => {
  const whole = { row: 0, column: 0, count: 300 }

  it('keeps the place that is pointed at, and never leaves the matrix', () => {
    const near = zoomed(whole, { row: 150, column: 0 }, 30, 300)
    expect(near).toEqual({ row: 135, column: 0, count: 30 })
    expect(zoomed(near, { row: 150, column: 0 }, 1000, 300)).toEqual(whole)
    expect(zoomed(whole, { row: 299, column: 299 }, 1, 300)).toEqual({ row: 295, column: 295, count: 4 })
  })

  it('of three classes is all of them', () => {
    const three = { row: 0, column: 0, count: 3 }
    expect(zoomed(three, { row: 2, column: 2 }, 1, 3)).toEqual(three)
  })

  it('follows the arrow keys over its edge', () => {
    const near = { row: 10, column: 10, count: 5 }
    expect(revealed(near, { row: 15, column: 12 })).toEqual({ row: 11, column: 10, count: 5 })
    expect(revealed(near, { row: 9, column: 14 })).toEqual({ row: 9, column: 10, count: 5 })
  })
})
