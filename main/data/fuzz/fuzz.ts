/**
 * Damaged sources through the front door: every one must end in a data set or in a refusal, within a limit of time, and
 * leave nothing behind. Run in a process of its own: `node fuzz.ts SEED CASES LAST`; LAST keeps the case under way, so that a
 * crash or a hang can be named and repeated.
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { UserError } from '../../common/errors.ts'
import { importDataset, inspect } from '../index.ts'
import { mutate, type Next } from './mutate.ts'
import { seeds, type Seed } from './seeds.ts'

export interface FuzzReport {
  cases: number
  /** By seed: imported, refused on looking, refused on reading. */
  ended: Record<string, { imported: number; refusedAtLook: number; refusedAtImport: number }>
  /** What must not happen, by message, with the case that did it first. */
  faults: Record<string, string>
  slowest: { milliseconds: number; what: string }
}

/** A case takes milliseconds; one that takes this long would hold a person up. */
const longest = 5_000

/** Mulberry32. */
function stream(seed: number): Next {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
}

async function lay(folder: string, files: Record<string, Buffer>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
}

export async function fuzzReaders(seed: number, cases: number, last: string | null): Promise<FuzzReport> {
  const report: FuzzReport = { cases: 0, ended: {}, faults: {}, slowest: { milliseconds: 0, what: '' } }
  const root = await mkdtemp(join(tmpdir(), 'tapedeck-fuzz-'))
  const datasetsFolder = join(root, 'datasets')
  try {
    const all = await seeds()
    for (const [index, one] of all.entries()) await lay(join(root, String(index)), one.files)
    for (let number = 0; number < cases; number += 1) {
      const index = number % all.length
      const one = all[index]!
      const what = `${one.name}, seed ${seed}, case ${number}`
      if (last) writeFileSync(last, what)
      const next = stream(Math.imul(seed, 0x9e3779b9) ^ number)
      const folder = join(root, String(index))
      await writeFile(join(folder, one.damaged), mutate(one.files[one.damaged]!, next))
      const began = performance.now()
      const end = await attempt(one, folder, datasetsFolder).catch((error: unknown) => {
        const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
        report.faults[said.replaceAll(/\d+/g, '#')] ??=
          `${what}\n${error instanceof Error ? error.stack : ''}`
        return null
      })
      const milliseconds = performance.now() - began
      if (milliseconds > report.slowest.milliseconds) report.slowest = { milliseconds, what }
      if (milliseconds > longest) report.faults[`took ${Math.round(milliseconds)} ms`] = what
      if (end) {
        report.ended[one.name] ??= { imported: 0, refusedAtLook: 0, refusedAtImport: 0 }
        report.ended[one.name]![end] += 1
      }
      const left = await readdir(datasetsFolder).catch(() => [])
      for (const name of left.filter((entry) => !/^[0-9a-f]{16}$/.test(entry)))
        report.faults[`left ${name.replaceAll(/\d+/g, '#')} behind`] ??= what
      await Promise.all(left.map((name) => rm(join(datasetsFolder, name), { recursive: true, force: true })))
      report.cases += 1
    }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
  return report
}

async function attempt(
  { opened }: Seed,
  folder: string,
  datasetsFolder: string,
): Promise<'imported' | 'refusedAtLook' | 'refusedAtImport'> {
  const path = join(folder, opened)
  const guess = await inspect(path).catch(refused)
  if (!guess) return 'refusedAtLook'
  return (await importDataset(path, guess.options, { datasetsFolder }).catch(refused))
    ? 'imported'
    : 'refusedAtImport'
}

/** A refusal with a sentence and a mend is how a damaged source should end. */
function refused(error: unknown): null {
  if (error instanceof UserError && error.what.length > 0 && error.mend.length > 0) return null
  throw error
}

if (import.meta.main) {
  const [, , seed = '1', cases = '1000', last = ''] = process.argv
  const report = await fuzzReaders(Number(seed), Number(cases), last === '' ? null : last)
  process.stdout.write(`${JSON.stringify(report)}\n`)
}
