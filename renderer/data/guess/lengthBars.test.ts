import { expect, it } from 'vitest'
import type { LengthCounts } from '../../../main/common/lengths.ts'
import { barsOf, lastShown } from './lengthBars.ts'

const messages: LengthCounts = [...Array.from({ length: 40 }, (_, at) => [at + 1, 25] as const), [9000, 1]]

it('draws the many and leaves out the one that is very long', () => {
  const end = lastShown(messages)
  expect(end).toBe(64)
  const bars = barsOf(messages, end)
  expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(1000)
  expect(bars.length).toBeLessThanOrEqual(60)
  for (const [at, bar] of bars.entries()) if (at > 0) expect(bar.from).toBe(bars[at - 1]!.to + 1)
  expect(bars.at(-1)!.to).toBe(end)
})

it('draws all where all are alike, and one, and none', () => {
  expect(lastShown([[7, 3]])).toBe(7)
  expect(barsOf([[7, 3]], 7)).toEqual([{ from: 7, to: 7, count: 3 }])
  expect(barsOf([], lastShown([]))).toHaveLength(2)
})
