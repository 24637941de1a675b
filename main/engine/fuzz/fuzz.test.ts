import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FuzzReport } from './fuzz.ts'

// FUZZ_CALLS=100000 is the long run, FUZZ_SEED repeats one.
const calls = Number(process.env['FUZZ_CALLS'] ?? 30000)
const seed = Number(process.env['FUZZ_SEED'] ?? 20261122)

/** Fuzzes in a process of its own; a crash is an error that names the last call. */
function run(folder: string): Promise<FuzzReport> {
  const last = join(folder, 'last-call.txt')
  const program = join(import.meta.dirname, 'fuzz.ts')
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, String(seed), String(calls), last],
      { maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        if (!error) return resolve(JSON.parse(stdout) as FuzzReport)
        const how = error.signal ? `was killed by ${error.signal}` : `ended with ${error.code}`
        reject(
          new Error(
            `the fuzzed process ${how}\n${readFileSync(last, 'utf8').trim()}\n${stderr.slice(-2000)}`,
          ),
        )
      },
    )
  })
}

test(
  'random calls over the whole public face end well or in an error with a code, and leave nothing behind',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
    try {
      const report = await run(folder)
      expect(report.faults).toEqual({})
      expect(report.calls).toBe(calls)
      expect(report.callables).toBeGreaterThan(150)
      // Enough of what is called must get through the front door, or nothing behind it is tested: about 47 % do,
      // and of nearly three hundred functions all but some twenty return at least once.
      expect(report.returned / report.calls).toBeGreaterThan(0.45)
      expect(report.neverReturned.length).toBeLessThan(35)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
  60_000 + calls * 4,
)
