import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'

test('damaged files of weights end in arrays or in a refusal', async () => {
  const { read, refused, faults } = await fuzz(3000, 20261128)
  expect(faults).toEqual([])
  // The damage must reach behind the front door, or nothing there is tested.
  expect(read).toBeGreaterThan(60)
  expect(refused).toBeGreaterThan(1000)
}, 60_000)
