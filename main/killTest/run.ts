/**
 * The whole kill test: `node main/killTest/run.ts [STEPS] [MOMENTS]`, 20 and 200 unless given. First a run that is killed
 * at random steps and goes on each time, against the one that never was; then kills at random moments.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ending, faultsOf, trainAndKill } from './kill.ts'

const [steps = 20, moments = 200] = process.argv.slice(2).map(Number)
const folders: string[] = []
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'tapedeck-kill-'))
  folders.push(made)
  return made
}
let faults = 0
try {
  const size = { epochs: 12, every: 7 }
  const total = 12 * 79
  const whole = folder()
  await trainAndKill(whole, size, null)
  const cut = folder()
  const targets = Array.from({ length: steps }, () => 1 + Math.floor(Math.random() * (total - 2))).sort(
    (a, b) => a - b,
  )
  let killed = 0
  for (const atStep of targets) {
    const result = await trainAndKill(cut, size, { atStep })
    if (!result.killed) break
    killed++
    for (const fault of faultsOf(cut, result.last)) console.log(`step ${atStep}: ${fault}`, faults++)
  }
  await trainAndKill(cut, size, null).catch((error: unknown) => console.log(String(error)))
  const [expected, got] = [ending(whole), ending(cut)]
  const same = isDeepStrictEqual(got, expected)
  if (!same) faults++
  console.log(
    `killed at ${killed} steps of ${total}: ${same ? 'the same' : 'OTHER'} weights and points`,
    got.run,
    expected.run,
  )

  let at = folder()
  for (let moment = 1; moment <= moments; moment++) {
    const result = await trainAndKill(at, { epochs: 1000, every: 3 }, { afterMs: Math.random() * 1500 })
    for (const fault of faultsOf(at, result.last)) console.log(`moment ${moment}: ${fault}`, faults++)
    if (moment % 10 === 0) {
      console.log(`${moment} of ${moments} moments, ${faults} faults`)
      at = folder()
    }
  }
} finally {
  for (const one of folders) rmSync(one, { recursive: true, force: true })
}
process.exitCode = faults > 0 ? 1 : 0
