import { expect, it } from 'vitest'
import { stream, uniform } from '../random.ts'
import { groupsOf, importanceOf } from './importance.ts'
import { bestOf, combinationsOf, objectiveOf, seedSpread } from './results.ts'
import type { Trial } from './contract.ts'
import type { Choices } from './spec.ts'

const trial = (number: number, choices: Choices, value: number | null, more: Partial<Trial> = {}): Trial => ({
  number,
  status: value === null ? 'failed' : 'finished',
  choices,
  seed: 1,
  runId: number,
  values: value === null ? [] : [value],
  error: null,
  ...more,
})

/** A rate whose best lies in the middle, a size that does nothing, and noise. */
function drawn(count: number, seed: number, noise: number): Trial[] {
  const next = stream(seed)
  return Array.from({ length: count }, (_, i) => {
    const [rate, size, chance] = [uniform(next), Math.floor(uniform(next) * 3), uniform(next)]
    return trial(i + 1, { rate, size }, (rate - 0.5) ** 2 + noise * chance)
  })
}

it('finds a setting whose best lies in the middle, and nothing in one that does nothing', () => {
  const [first, second] = importanceOf(combinationsOf(drawn(40, 1, 0.05)), ['size', 'rate'], 'min')
  expect(first).toMatchObject({ setting: 'rate', combinations: 40 })
  expect(first!.share).toBeGreaterThan(0.5)
  expect(first!.low).toBeGreaterThan(0.2)
  expect(second!.share).toBeLessThan(0.2)
})

it('says of a setting that does nothing that it may do nothing, in nine sweeps of ten at least', () => {
  let sure = 0
  for (let seed = 0; seed < 100; seed++) {
    const [size] = importanceOf(combinationsOf(drawn(24, seed, 0.05)), ['size'], 'min')
    if (size!.low > 0) sure++
  }
  expect(sure).toBeLessThanOrEqual(10)
})

it('says nothing after a few combinations, or of a setting that had one value', () => {
  expect(importanceOf(combinationsOf(drawn(11, 1, 0)), ['rate'], 'min')[0]?.share).toBeNull()
  const same = drawn(20, 1, 0).map((one) => ({ ...one, choices: { ...one.choices, size: 1 } }))
  expect(importanceOf(combinationsOf(same), ['size'], 'min')[0]?.share).toBeNull()
})

it('counts what failed as the worst, whatever the direction', () => {
  const trials = Array.from({ length: 24 }, (_, i) =>
    trial(i, { rate: i }, i >= 12 ? null : 0.5 + (i % 3) / 100),
  )
  for (const direction of ['min', 'max'] as const) {
    const [rate] = importanceOf(combinationsOf(trials), ['rate'], direction)
    expect(rate!.share).toBeGreaterThan(0.6)
  }
})

it('cuts numbers into groups of equal size, and leaves few values as they are', () => {
  const groups = groupsOf(Array.from({ length: 16 }, (_, i) => i ** 3))
  expect([0, 1, 2, 3].map((group) => groups.filter((one) => one === group).length)).toEqual([4, 4, 4, 4])
  expect(groupsOf([16, 64, 16, 64, 32, 32, 16, 64, 32, 16, 32, 64])).toEqual([
    0, 1, 0, 1, 2, 2, 0, 1, 2, 0, 2, 1,
  ])
  expect(groupsOf(['a', null, 'a'])).toEqual([0, 1, 0])
})

it('takes replicates together, and says how far seeds alone differ', () => {
  const trials = [0.9, 0.92, 0.8, 0.84, 0.95].map((value, i) =>
    trial(i + 1, { batch: i < 2 ? 16 : i < 4 ? 32 : 64 }, value, { seed: i }),
  )
  const all = combinationsOf(trials)
  expect(all.map(({ mean }) => mean?.toFixed(3))).toEqual(['0.910', '0.820', '0.950'])
  expect(bestOf(trials, 'max')?.choices).toEqual({ batch: 64 })
  expect(bestOf(trials, 'min')?.choices).toEqual({ batch: 32 })
  // Pooled: sqrt((0.02² / 2 + 0.04² / 2) / 2).
  expect(seedSpread(all)).toBeCloseTo(Math.sqrt((0.0002 + 0.0008) / 2), 10)
  expect(seedSpread(all.slice(2))).toBeNull()
})

it('looks for the best among those that went furthest', () => {
  const trials = [
    trial(1, { rate: 1 }, 0, { values: [0.5, 0.7] }),
    trial(2, { rate: 2 }, 0, { values: [0.9] }),
    trial(3, { rate: 3 }, 0, { values: [0.6, 0.8] }),
  ]
  expect(bestOf(trials, 'max')).toMatchObject({ mean: 0.8, choices: { rate: 3 } })
  expect(combinationsOf(trials, 0).map(({ mean }) => mean)).toEqual([0.5, 0.9, 0.6])
  expect(bestOf([], 'max')).toBeNull()
})

it('reads a run by its best or its last value', () => {
  const summary = {
    first: 1,
    firstStep: 1,
    last: 0.3,
    lastStep: 9,
    min: 0.2,
    max: 1,
    minStep: 5,
    maxStep: 1,
    count: 9,
  }
  const read = (direction: 'min' | 'max', read: 'best' | 'last') =>
    objectiveOf({ 'val/loss': summary }, { metric: 'val/loss', direction, read })
  expect([read('min', 'best'), read('max', 'best'), read('min', 'last')]).toEqual([0.2, 1, 0.3])
  expect(objectiveOf({}, { metric: 'val/loss', direction: 'min', read: 'best' })).toBeNull()
  const infinite = { 'val/loss': { ...summary, last: Infinity } }
  expect(objectiveOf(infinite, { metric: 'val/loss', direction: 'min', read: 'last' })).toBeNull()
})
