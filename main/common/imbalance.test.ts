import { expect, test } from 'vitest'
import { imbalanceOf } from './imbalance.ts'

const classes = (...counts: number[]) => ({
  classes: counts.map((train, one) => ({ name: `c${one}`, train, validation: 1, test: 0 })),
})

test('names the smallest and the largest class with samples, and how far they are apart', () => {
  expect(imbalanceOf(classes(30, 0, 10, 20))).toEqual({
    ratio: 3,
    smallest: { name: 'c2', count: 10 },
    largest: { name: 'c0', count: 30 },
    unbalanced: true,
  })
  expect(imbalanceOf(classes(10, 20))?.unbalanced).toBe(false)
  expect(imbalanceOf(classes(10, 21))?.unbalanced).toBe(true)
})

test('there is none with fewer than two classes', () => {
  expect(imbalanceOf(classes())).toBeNull()
  expect(imbalanceOf(classes(5, 0))).toBeNull()
})
