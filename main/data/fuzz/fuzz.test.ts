import { expect, test } from 'vitest'
import { drive } from './drive.ts'

// FUZZ_SEED repeats one; a long run is `node main/data/fuzz/drive.ts 100000`.
const cases = Number(process.env['FUZZ_CASES'] ?? 312)
const seed = Number(process.env['FUZZ_SEED'] ?? 20261128)

test(
  'damaged sources end in data or in a refusal with a sentence, and leave nothing behind',
  async () => {
    const report = await drive(seed, cases)
    expect(report.faults).toEqual({})
    expect(report.cases).toBe(cases)
    // The damage must reach behind the front door as often as not, or nothing there is tested.
    const ends = Object.values(report.ended).flatMap(({ read, import: whole }) => [read, whole])
    const passed = ends.reduce((sum, end) => sum + end.passed, 0)
    expect(passed).toBeGreaterThan(cases / 4)
    expect(passed).toBeLessThan(cases)
  },
  90_000 + cases * 100,
)
