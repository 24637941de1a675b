/**
 * The process that is fuzzed: runs some cases and tells its parent of each, or prints it. Run by drive.ts, which outlives a
 * crash and a hang; by hand it repeats cases: `node main/data/fuzz/fuzz.ts SEED FROM TO`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attempt, damage, lay, stream, sweep, type Depth, type End } from './cases.ts'
import { seeds } from './seeds.ts'

export interface Outcome {
  number: number
  /** Which sound source was damaged. */
  reader: string
  depth: Depth
  /** Files damaged. */
  inputs: number
  /** Null where it ended as none may: see `faults`. */
  end: End | null
  /** Milliseconds of this process's processor time. */
  spent: number
  faults: { message: string; detail: string }[]
}

/** A case takes milliseconds; one that takes this long would hold a person up. */
const longest = 5_000 // ms
/** One round of all readers in ten goes through the whole import. */
const depthOf = (round: number): Depth => (round % 10 === 0 ? 'import' : 'read')

async function fuzz(
  root: string,
  seed: number,
  [from, to]: readonly [number, number],
  tell: (outcome: Outcome) => void,
): Promise<void> {
  const datasetsFolder = join(root, 'datasets')
  const all = await seeds()
  const subjects = await Promise.all(all.map((one, index) => lay(one, join(root, String(index)))))
  for (let number = from; number < to; number += 1) {
    const subject = subjects[number % subjects.length]!
    const depth = depthOf(Math.floor(number / subjects.length))
    await damage(subject, depth, stream(Math.imul(seed, 0x9e3779b9) ^ number))
    const faults: Outcome['faults'] = []
    const began = process.cpuUsage()
    const end = await attempt(subject, depth, datasetsFolder).catch((error: unknown) => {
      faults.push(described(error))
      return null
    })
    const { user, system } = process.cpuUsage(began)
    const spent = (user + system) / 1000
    if (spent > longest) faults.push({ message: `took ${Math.round(spent)} ms`, detail: '' })
    for (const name of await sweep(datasetsFolder)) faults.push({ message: `left ${name}`, detail: '' })
    const { name: reader, damaged } = subject.seed
    const inputs = depth === 'import' ? 1 : damaged.length
    tell({ number, reader, depth, inputs, end, spent, faults })
  }
}

function described(error: unknown): Outcome['faults'][number] {
  if (!(error instanceof Error)) return { message: String(error), detail: '' }
  return { message: `${error.name}: ${error.message}`, detail: error.stack ?? '' }
}

if (import.meta.main) {
  const [, , seed = '1', from = '0', to = '1', folder = null] = process.argv
  const tell = (outcome: Outcome): void => {
    if (process.send) process.send(outcome)
    else process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`)
  }
  const root = folder ?? (await mkdtemp(join(tmpdir(), 'tapedeck-fuzz-')))
  try {
    await fuzz(root, Number(seed), [Number(from), Number(to)], tell)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
  // An open channel would keep the process.
  if (process.connected) process.disconnect()
}
