import { expect, test } from 'vitest'
import { listedUpTo } from './listed.ts'

test('all nodes where there are few', () => {
  expect(listedUpTo([3, 3, 10], 100)).toEqual([3, 3, 10])
})

test('else the same number of each layer, and what short layers leave goes to the long ones', () => {
  // 2, 0, 500 and 1,000 nodes; 100 in all: 2, 0, 49, 49.
  expect(listedUpTo([2, 2, 502, 1502], 100)).toEqual([2, 2, 51, 551])
})

test('never more than asked for, whatever the layers', () => {
  for (let layers = 1; layers < 60; layers++) {
    const ends = Array.from({ length: layers }, (_, i) => (i + 1) * (i + 2) * 7)
    const upTo = listedUpTo(ends, 256)
    const listed = upTo.reduce((sum, to, i) => sum + to - (ends[i - 1] ?? 0), 0)
    expect(listed).toBeLessThanOrEqual(256)
    expect(listed).toBe(Math.min(256, ends.at(-1) ?? 0))
  }
})
