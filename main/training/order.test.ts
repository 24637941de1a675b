import { describe, expect, test } from 'vitest'
import { epochBatches, orderedBatches, type RowSizes } from './order.ts'
import { stream } from '../common/random.ts'

const next = stream(5, 1)
const lengths = Uint32Array.from({ length: 1000 }, () => 1 + (next() % 200))
const kinds: RowSizes[] = [
  { kind: 'alike', count: 1000 },
  { kind: 'lengths', lengths },
  { kind: 'groups', groups: lengths.map((length) => length % 7) },
]
const flat = (batches: readonly Uint32Array[]): number[] => batches.flatMap((rows) => [...rows])
const everyRow = Array.from({ length: 1000 }, (_, row) => row)
const padding = (batches: readonly Uint32Array[]): number => {
  const filled = flat(batches).reduce((sum, row) => sum + lengths[row]!, 0)
  const computed = batches.reduce(
    (sum, rows) => sum + rows.length * Math.max(...[...rows].map((r) => lengths[r]!)),
    0,
  )
  return 1 - filled / computed
}

describe.each(kinds)('rows of one epoch, $kind', (sizes) => {
  const batches = epochBatches(sizes, { batchSize: 32 }, 1, 1)

  test('are each in exactly one batch, of at most the batch size', () => {
    expect(flat(batches).sort((a, b) => a - b)).toEqual(everyRow)
    expect(Math.max(...batches.map((rows) => rows.length))).toBe(32)
    for (let epoch = 1; epoch < 5; epoch += 1)
      expect(epochBatches(sizes, { batchSize: 32 }, 9, epoch)).toHaveLength(batches.length)
  })

  test('come in an order that seed and epoch decide', () => {
    expect(epochBatches(sizes, { batchSize: 32 }, 1, 1)).toEqual(batches)
    for (const [seed, epoch] of [
      [1, 2],
      [2, 1],
    ] as const)
      expect(flat(epochBatches(sizes, { batchSize: 32 }, seed, epoch))).not.toEqual(flat(batches))
  })

  test('are mixed: no batch holds many neighbours', () => {
    const neighbours = batches.map((rows) => rows.filter((row) => rows.includes(row + 1)).length)
    expect(Math.max(...neighbours)).toBeLessThan(12)
  })

  test('are all looked at once when nothing is shuffled', () => {
    expect(flat(orderedBatches(sizes, () => 100)).sort((a, b) => a - b)).toEqual(everyRow)
  })
})

test('bucketing leaves little padding and does not put short batches first', () => {
  const [, bucketed] = kinds
  const batches = epochBatches(bucketed!, { batchSize: 32 }, 1, 1)
  expect(padding(epochBatches(kinds[0]!, { batchSize: 32 }, 1, 1))).toBeGreaterThan(0.4)
  expect(padding(batches)).toBeLessThan(0.07)
  const longest = batches.map((rows) => Math.max(...[...rows].map((row) => lengths[row]!)))
  expect(longest).not.toEqual(longest.toSorted((a, b) => a - b))
})

test('a batch of groups is of one group', () => {
  const sizes = kinds[2] as Extract<RowSizes, { kind: 'groups' }>
  for (const rows of [...epochBatches(sizes, { batchSize: 32 }, 1, 1), ...orderedBatches(sizes, () => 50)])
    expect(new Set([...rows].map((row) => sizes.groups[row])).size).toBe(1)
})

test('long rows make smaller batches where a budget says so', () => {
  const batches = orderedBatches(kinds[1]!, (row) => Math.max(1, Math.floor(1000 / lengths[row]!)))
  for (const rows of batches)
    expect(rows.length * Math.max(...[...rows].map((row) => lengths[row]!))).toBeLessThanOrEqual(1000)
})

describe('a token budget', () => {
  const budget = 1500
  const bound = (seed: number, epoch: number): readonly Uint32Array[] =>
    epochBatches({ kind: 'lengths', lengths }, { batchSize: 1, budget }, seed, epoch)
  const padded = (rows: Uint32Array): number =>
    rows.length * Math.max(...[...rows].map((row) => lengths[row]!))

  test('holds for every batch, padding counted, and leaves little of it unused', () => {
    const batches = bound(1, 1)
    expect(flat(batches).sort((a, b) => a - b)).toEqual(everyRow)
    for (const rows of batches) expect(padded(rows)).toBeLessThanOrEqual(budget)
    const used = batches.reduce((sum, rows) => sum + padded(rows), 0) / (batches.length * budget)
    expect(used).toBeGreaterThan(0.85)
    expect(padding(batches)).toBeLessThan(0.05)
  })

  test('gives every epoch as many batches, in an order and with members that seed and epoch decide', () => {
    expect(bound(1, 1)).toEqual(bound(1, 1))
    for (let epoch = 2; epoch < 20; epoch += 1) expect(bound(1, epoch)).toHaveLength(bound(1, 1).length)
    const members = (batches: readonly Uint32Array[]): Set<string> =>
      new Set(batches.map((rows) => [...rows].sort().join()))
    expect(members(bound(1, 2))).not.toEqual(members(bound(1, 1)))
    expect(flat(bound(2, 1))).not.toEqual(flat(bound(1, 1)))
  })

  test('a row that is longer than it stands alone', () => {
    const few = Uint32Array.of(3, 50, 4, 60, 5)
    const batches = epochBatches({ kind: 'lengths', lengths: few }, { batchSize: 1, budget: 20 }, 1, 1)
    expect(batches.map((rows) => [...rows].sort()).sort()).toEqual([[0, 2, 4], [1], [3]])
  })

  test('nothing to train on makes no batch', () => {
    const empty: RowSizes = { kind: 'lengths', lengths: new Uint32Array() }
    expect(epochBatches(empty, { batchSize: 1, budget: 20 }, 1, 1)).toEqual([])
  })
})

test.each(kinds)('rows that were drawn are trained on as often as they were, $kind', (sizes) => {
  const drawn = Uint32Array.of(3, 3, 500, 999, 3, 7)
  const batches = epochBatches(sizes, { batchSize: 2 }, 1, 1, drawn)
  expect(flat(batches).sort((a, b) => a - b)).toEqual([3, 3, 3, 7, 500, 999])
  expect([...drawn]).toEqual([3, 3, 500, 999, 3, 7])
})
