import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FuzzReport } from './fuzz.ts'

// FUZZ_CASES=100000 is the long run, FUZZ_SEED repeats one.
const cases = Number(process.env['FUZZ_CASES'] ?? 600)
const seed = Number(process.env['FUZZ_SEED'] ?? 20261128)

/** In a process of its own: a crash or a hang is an error that names its case. */
function run(folder: string): Promise<FuzzReport> {
  const last = join(folder, 'last-case.txt')
  const program = join(import.meta.dirname, 'fuzz.ts')
  const limit = { maxBuffer: 1 << 26, timeout: 60_000 + cases * 150, killSignal: 'SIGKILL' } as const
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, String(seed), String(cases), last],
      limit,
      (error, stdout, stderr) => {
        if (!error) return resolve(JSON.parse(stdout) as FuzzReport)
        const how = error.signal ? `was killed by ${error.signal}` : `ended with ${error.code}`
        reject(new Error(`the fuzzed process ${how}\n${readFileSync(last, 'utf8')}\n${stderr.slice(-2000)}`))
      },
    )
  })
}

test(
  'damaged sources end in a data set or in a refusal with a sentence, and leave nothing behind',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
    try {
      const report = await run(folder)
      expect(report.faults).toEqual({})
      expect(report.cases).toBe(cases)
      // The damage must reach behind the front door as often as not, or nothing there is tested.
      const ends = Object.values(report.ended)
      const imported = ends.reduce((sum, end) => sum + end.imported, 0)
      expect(imported).toBeGreaterThan(cases / 4)
      expect(imported).toBeLessThan(cases)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
  90_000 + cases * 150,
)
