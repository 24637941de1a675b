import { describe, expect, test } from 'vitest'
import { clearlyTooMany, refuseTooMany } from './limit.ts'
import { Problems } from './problems.ts'

describe('how much may be set aside', () => {
  test.each([
    { aside: 99, of: 99, total: 1000, most: 0.5, stops: false },
    { aside: 100, of: 100, total: 1000, most: 0.5, stops: true },
    { aside: 60, of: 100, total: 1000, most: 0.5, stops: false },
    { aside: 71, of: 100, total: 1000, most: 0.5, stops: true },
    { aside: 50, of: 100, total: 100, most: 0.5, stops: false },
    { aside: 51, of: 100, total: 100, most: 0.5, stops: true },
    { aside: 1, of: 100, total: 1000, most: 0, stops: true },
    { aside: 1000, of: 1000, total: 1000, most: 1, stops: false },
  ])('$aside of the first $of, of $total, with at most $most: $stops', ({ stops, total, most, ...sofar }) => {
    expect(clearlyTooMany(sofar, total, most)).toBe(stops)
  })

  test('the refusal names the share and the first reason; folders are no samples', () => {
    const problems = new Problems()
    problems.add('/set/empty', 'no image in this class folder: left out', 0)
    problems.add('/set/a/1.png', 'the file is empty')
    expect(() => refuseTooMany({ aside: 60, of: 100 }, 0.5, problems)).toThrow(
      '60 of 100 samples cannot be used (60 %), more than the 50 % that may be set aside; the first: /set/a/1.png: the file is empty.',
    )
    expect([problems.total, problems.samples]).toEqual([2, 1])
  })
})
