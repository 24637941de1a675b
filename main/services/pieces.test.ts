import { expect, it } from 'vitest'
import type { Point } from '../store/index.ts'
import { pieces } from './pieces.ts'

const points = (metric: string, count: number): Point[] =>
  Array.from({ length: count }, (_, i) => ({ metric, step: i, value: i, epoch: 0, seconds: 0 }))
const interleaved = (all: readonly Point[][]): Point[] =>
  Array.from({ length: Math.max(...all.map((one) => one.length)) }, (_, i) =>
    all.flatMap((one) => one[i] ?? []),
  ).flat()

it('keeps every point once, those of a metric together and in order', () => {
  const all = [points('a', 4000), points('b', 10), points('c', 1)]
  const made = [...pieces(interleaved(all))]
  expect(made.flat()).toEqual(all.flat())
})

it('makes no piece too large, of many points or of many metrics', () => {
  const wide = Array.from({ length: 1000 }, (_, i) => points(`m${i}`, 2))
  for (const all of [[points('a', 50_000)], wide]) {
    const made = [...pieces(interleaved(all))]
    for (const piece of made) {
      const metrics = new Set(piece.map(({ metric }) => metric)).size
      expect(piece.length + 20 * metrics).toBeLessThanOrEqual(1500)
      expect(piece.length).toBeGreaterThan(0)
    }
  }
})

it('makes none of nothing', () => {
  expect([...pieces([])]).toEqual([])
})
