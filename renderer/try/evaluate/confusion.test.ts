import { expect, it } from 'vitest'
import { mostConfused, orderOf, rowShares } from './confusion.ts'

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
