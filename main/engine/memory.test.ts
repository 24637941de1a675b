import { describe, expect, test } from 'vitest'
import {
  emptyCache,
  F,
  memoryHolders,
  memoryStats,
  rand,
  resetPeakMemory,
  scope,
  setMemoryLimit,
} from './index.ts'
import type { MemoryHolder } from './index.ts'

const holder = (op: string): MemoryHolder | undefined => memoryHolders().find((each) => each.op === op)

describe('memory', () => {
  test('holders tell what each op made, forward and backward', () => {
    scope(() => {
      const weight = rand([256, 64]).requiresGrad_()
      const x = rand([128, 64])
      resetPeakMemory()
      scope(() => {
        const y = F.linear(x, weight)
        expect(holder('linear')).toEqual({
          op: 'linear',
          activeBytes: 128 * 256 * 4,
          peakBytes: 128 * 256 * 4,
          storages: 1,
        })
        y.sum().backward()
      })
      expect(holder('linear')?.activeBytes).toBe(0)
      expect(holder('linear backward')?.activeBytes).toBe(256 * 64 * 4) // the weight's gradient
      expect(memoryHolders()[0]?.activeBytes).toBe(
        Math.max(...memoryHolders().map((each) => each.activeBytes)),
      )
    })
  })

  test('beyond the limit an op fails with who holds what, and the engine goes on', () => {
    emptyCache()
    setMemoryLimit(memoryStats().activeBytes + 3 * 2 ** 20)
    try {
      expect(memoryStats().limitBytes).toBeGreaterThan(0)
      scope(() => {
        const x = rand([2 ** 19])
        let thrown: unknown
        try {
          x.exp()
        } catch (error) {
          thrown = error
        }
        expect(thrown).toMatchObject({ code: 'TAPE_MEMORY' })
        expect(String(thrown)).toMatch(
          /^Error: \[memory\] exp asked for 2\.0 MiB with .* in use and .* cached, the limit is .*; most is held by .*; use a smaller batch or model, or free tensors earlier with scope\(\)$/,
        )
        x.dispose()
        expect(rand([2 ** 19]).numel).toBe(2 ** 19)
      })
      expect(() => setMemoryLimit(-1)).toThrow('[setMemoryLimit] the limit must not be negative, got -1')
    } finally {
      setMemoryLimit(0)
    }
    expect(memoryStats().limitBytes).toBe(0)
  })
})
