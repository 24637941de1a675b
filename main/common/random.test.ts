import { expect, test } from 'vitest'
import { beta, shuffle, stream, uniform } from './random.ts'

test('a stream is its seed and keys, and no two alike', () => {
  const first = (...keys: [number, ...number[]]): number[] => {
    const next = stream(...keys)
    return [next(), next(), next()]
  }
  expect(first(1, 2, 3)).toEqual(first(1, 2, 3))
  const keys = [[1], [2], [1, 0], [1, 1], [2, 1], [1, 2], [1, 1, 0], [1, 1, 1], [1, 0, 1], [1, 2, 1]] as const
  expect(new Set(keys.map(([seed, ...rest]) => first(seed, ...rest)[0])).size).toBe(keys.length)
})

test('uniform draws fill [0, 1) evenly', () => {
  const next = stream(7)
  const draws = Array.from({ length: 10_000 }, () => uniform(next))
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...draws)).toBeLessThan(1)
  for (let tenth = 0; tenth < 10; tenth += 1)
    expect(draws.filter((draw) => Math.floor(10 * draw) === tenth).length).toBeGreaterThan(900)
})

// Mean 1/2 and variance 1 / (4 (2 alpha + 1)) of Beta(alpha, alpha).
test.each([0.05, 0.2, 1, 5])('Beta(%d, %d) has its mean and variance', (alpha) => {
  const next = stream(3, 1)
  const draws = Array.from({ length: 20_000 }, () => beta(alpha, next))
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length
  expect(draws.every((draw) => draw >= 0 && draw <= 1)).toBe(true)
  expect(mean).toBeCloseTo(0.5, 1)
  expect(variance * 4 * (2 * alpha + 1)).toBeCloseTo(1, 1)
})

test('a shuffle keeps every item, and puts each anywhere', () => {
  const places = Array.from({ length: 200 }, (_, seed) => shuffle([0, 1, 2, 3], stream(seed)).indexOf(0))
  expect(new Set(places).size).toBe(4)
  expect(shuffle([0, 1, 2, 3], stream(5)).sort()).toEqual([0, 1, 2, 3])
})
