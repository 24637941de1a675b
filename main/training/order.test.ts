import { describe, expect, test } from 'vitest'
import { batchCount, epochBatches, orderedBatches, type RowSizes } from './order.ts'
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
  const batches = epochBatches(sizes, 32, 1, 1)

  test('are each in exactly one batch, of at most the batch size', () => {
    expect(flat(batches).sort((a, b) => a - b)).toEqual(everyRow)
    expect(Math.max(...batches.map((rows) => rows.length))).toBe(32)
    for (let epoch = 1; epoch < 5; epoch += 1)
      expect(epochBatches(sizes, 32, 9, epoch)).toHaveLength(batchCount(sizes, 32))
  })

  test('come in an order that seed and epoch decide', () => {
    expect(epochBatches(sizes, 32, 1, 1)).toEqual(batches)
    for (const [seed, epoch] of [
      [1, 2],
      [2, 1],
    ] as const)
      expect(flat(epochBatches(sizes, 32, seed, epoch))).not.toEqual(flat(batches))
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
  const batches = epochBatches(bucketed!, 32, 1, 1)
  expect(padding(epochBatches(kinds[0]!, 32, 1, 1))).toBeGreaterThan(0.4)
  expect(padding(batches)).toBeLessThan(0.07)
  const longest = batches.map((rows) => Math.max(...[...rows].map((row) => lengths[row]!)))
  expect(longest).not.toEqual(longest.toSorted((a, b) => a - b))
})

test('a batch of groups is of one group', () => {
  const sizes = kinds[2] as Extract<RowSizes, { kind: 'groups' }>
  for (const rows of [...epochBatches(sizes, 32, 1, 1), ...orderedBatches(sizes, () => 50)])
    expect(new Set([...rows].map((row) => sizes.groups[row])).size).toBe(1)
})

test('long rows make smaller batches where a budget says so', () => {
  const batches = orderedBatches(kinds[1]!, (row) => Math.max(1, Math.floor(1000 / lengths[row]!)))
  for (const rows of batches)
    expect(rows.length * Math.max(...[...rows].map((row) => lengths[row]!))).toBeLessThanOrEqual(1000)
})
