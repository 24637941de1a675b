import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'

// FUZZ_SEED repeats one; a long run is `node main/exchange/fuzz/fuzz.ts 100000`.
const cases = Number(process.env['FUZZ_CASES'] ?? 2000)
const seed = Number(process.env['FUZZ_SEED'] ?? 20261128)

test(
  'damaged sources end in runs or in a refusal, and touch nothing outside their folder',
  async () => {
    const report = await fuzz(cases, seed)
    expect(report.faults).toEqual({})
    // The damage must reach behind the front door as often as not, or nothing there is tested.
    const passed = Object.values(report.ended).reduce((sum, end) => sum + end.passed, 0)
    expect(passed).toBeGreaterThan(cases / 10)
    expect(passed).toBeLessThan(cases)
  },
  90_000 + cases * 20,
)
