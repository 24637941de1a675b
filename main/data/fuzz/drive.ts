/**
 * Damaged sources through every reader: each must end in data or in a refusal within a limit of time and memory, and leave
 * nothing behind. `node main/data/fuzz/drive.ts CASES [SEED [FROM]]` says how far it is each minute and prints the report; a case that
 * crashes or hangs the process is kept and the rest goes on in a new one.
 */
import { fork } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Depth } from './cases.ts'
import type { Outcome } from './fuzz.ts'

export interface FuzzReport {
  cases: number
  /** Files that were damaged. */
  inputs: number
  /** By reader and depth. */
  ended: Record<string, Record<Depth, { passed: number; refused: number }>>
  /** What must not happen, by message without figures, with the first case that did it. */
  faults: Record<string, { what: string; detail: string; times: number }>
  /** Milliseconds of processor time. */
  slowest: { spent: number; what: string }
  seconds: number
}

/** Without an outcome for so long, a case hangs; generous, as the whole machine may be busy. */
const patience = 120_000 // ms
/** The process may hold so much; a damaged header that asks for more must be refused. */
const memoryMegabytes = 512

/** In memory where there is a file system for that: an import waits for the disk many times. */
function workFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}

export async function drive(
  seed: number,
  cases: number,
  { from = 0, onOutcome = null }: { from?: number; onOutcome?: ((report: FuzzReport) => void) | null } = {},
): Promise<FuzzReport> {
  const report: FuzzReport = {
    cases: 0,
    inputs: 0,
    ended: {},
    faults: {},
    slowest: { spent: 0, what: '' },
    seconds: 0,
  }
  const began = performance.now()
  const fault = (message: string, what: string, detail: string): void => {
    const known = (report.faults[message.replaceAll(/\d+/g, '#')] ??= { what, detail, times: 0 })
    known.times += 1
  }
  let next = from
  const heard = (outcome: Outcome): void => {
    const { number, reader, depth, inputs, end, spent } = outcome
    next = number + 1
    const what = `${reader}, ${depth}: node main/data/fuzz/fuzz.ts ${seed} ${number} ${number + 1}`
    for (const { message, detail } of outcome.faults) fault(message, what, detail)
    report.ended[reader] ??= {
      read: { passed: 0, refused: 0 },
      import: { passed: 0, refused: 0 },
    }
    if (end) report.ended[reader][depth][end] += 1
    if (spent > report.slowest.spent) report.slowest = { spent: Math.round(spent), what }
    report.cases += 1
    report.inputs += inputs
    report.seconds = Math.round((performance.now() - began) / 1000)
    onOutcome?.(report)
  }
  while (next < cases) {
    const ended = await stretch(seed, next, cases, heard)
    if (ended === null) continue
    fault(ended.how, `node main/data/fuzz/fuzz.ts ${seed} ${next} ${next + 1}`, ended.said)
    next += 1
    report.cases += 1
  }
  return report
}

/** Runs cases until all are done (null) or the process ends before. */
function stretch(
  seed: number,
  from: number,
  to: number,
  heard: (outcome: Outcome) => void,
): Promise<{ how: string; said: string } | null> {
  const root = mkdtempSync(join(workFolder(), 'tapedeck-fuzz-'))
  const child = fork(join(import.meta.dirname, 'fuzz.ts'), [String(seed), String(from), String(to), root], {
    execArgv: [`--max-old-space-size=${memoryMegabytes}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.on('data', (part: Buffer) => (said = (said + part.toString()).slice(-4000)))
  let hung = false
  const giveUp = (): void => {
    hung = true
    child.kill('SIGKILL')
  }
  let late = setTimeout(giveUp, patience)
  let done = from
  child.on('message', (outcome: Outcome) => {
    clearTimeout(late)
    late = setTimeout(giveUp, patience)
    done = outcome.number + 1
    heard(outcome)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(late)
      rmSync(root, { recursive: true, force: true })
      if (code === 0 && done === to) return resolve(null)
      const how = hung ? 'hung' : signal ? `was killed by ${signal}` : `ended with ${code}`
      resolve({ how: `the process ${how}`, said })
    })
  })
}

if (import.meta.main) {
  const [, , cases = '1000', seed = '1', from = '0'] = process.argv
  let told = performance.now()
  const onOutcome = (sofar: FuzzReport): void => {
    if (performance.now() - told < 60_000) return
    told = performance.now()
    const faults = Object.keys(sofar.faults).length
    process.stderr.write(
      `${sofar.cases} cases, ${sofar.inputs} inputs, ${faults} faults, ${sofar.seconds} s\n`,
    )
  }
  const report = await drive(Number(seed), Number(cases), { from: Number(from), onOutcome })
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
}
