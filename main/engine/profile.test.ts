import { expect, test } from 'vitest'
import { profile, rand, scope } from './index.ts'

test('profile counts native calls and derivatives, and leaves the engine as it was', () => {
  const x = rand([8, 8], { requiresGrad: true })
  const step = (): void => scope(() => x.matmul(x).relu().relu().sum().backward())
  const rows = profile(step)
  const count = (op: string, pass: string): number | undefined =>
    rows.find((row) => row.op === op && row.pass === pass)?.count
  expect(count('matmul', 'forward')).toBe(1)
  expect(count('relu', 'forward')).toBe(2)
  expect(count('relu', 'backward')).toBe(2)
  expect(count('matmul', 'backward')).toBe(1)
  expect(count('backward', 'forward')).toBe(1)
  expect(rows.every((row, i) => row.ms >= 0 && row.ms <= (rows[i - 1]?.ms ?? Infinity))).toBe(true)
  expect(() => profile(() => x.matmul(rand([3, 3])))).toThrow(/^\[matmul\]/)
  step()
  expect(profile(() => undefined)).toEqual([])
})
