/** One damaged source and how it ends: in data or in a refusal, whatever the damage. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { UserError } from '../../common/errors.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import { importDataset } from '../import.ts'
import { sources } from '../sources/all.ts'
import { inspect } from '../inspect.ts'
import { createPace } from '../pace.ts'
import { orderRows } from '../split.ts'
import { mutate, type Next } from './mutate.ts'
import type { Seed } from './seeds.ts'

/**
 * `read`: scanned and encoded as the sound source would be, nothing is written. `import`: guessed anew and brought into
 * a workspace, which costs three times as much.
 */
export type Depth = 'read' | 'import'
export type End = 'passed' | 'refused'

/** A sound source on disk, and how it is read. */
export interface Subject {
  seed: Seed
  folder: string
  path: string
  options: ImportOptions
}

export async function lay(seed: Seed, folder: string): Promise<Subject> {
  for (const [name, content] of Object.entries(seed.files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  const path = join(folder, seed.opened)
  return { seed, folder, path, options: await optionsFor(path, seed, folder) }
}

/** As guessed; with the source's own tokenizer where it brings one. */
async function optionsFor(path: string, seed: Seed, folder: string): Promise<ImportOptions> {
  const { options } = await inspect(path)
  if (!seed.tokenizer || !options.text) return options
  const tokenizerFile = join(folder, seed.tokenizer)
  return { ...options, text: { ...options.text, tokenizer: 'file', tokenizerFile } }
}

/** Mulberry32. */
export function stream(seed: number): Next {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
}

/** Damages every file that is to be when reading, one of them when importing: too many would be refused as such. */
export async function damage({ seed, folder }: Subject, depth: Depth, next: Next): Promise<void> {
  const only = depth === 'import' ? seed.damaged[next() % seed.damaged.length] : null
  for (const name of seed.damaged) {
    const sound = seed.files[name]!
    await writeFile(join(folder, name), only && name !== only ? sound : damaged(name, sound, next))
  }
}

/** A checksum guards what is compressed, so half of the time the damage is done before the packing. */
function damaged(name: string, sound: Buffer, next: Next): Buffer {
  if (name.endsWith('.gz') && next() % 2 === 0) return gzipSync(mutate(gunzipSync(sound), next))
  return mutate(sound, next)
}

/** @throws whatever is no refusal with a sentence and a mend */
export async function attempt(subject: Subject, depth: Depth, datasetsFolder: string): Promise<End> {
  try {
    const { path, seed, folder } = subject
    if (depth === 'read') await readAll(subject)
    else await importDataset(path, await optionsFor(path, seed, folder), { datasetsFolder })
    return 'passed'
  } catch (error) {
    if (error instanceof UserError && error.what.length > 0 && error.mend.length > 0) return 'refused'
    throw error
  }
}

async function readAll({ path, options }: Subject): Promise<void> {
  const pace = createPace()
  const scan = await sources[options.kind].scan(path, options, pace, null)
  const order = await orderRows(scan.rows, options, pace)
  const encoder = await scan.encoder(order, pace)
  const rows = [...order.train, ...order.validation, ...order.test]
  let encoded = 0
  for await (const { input } of encoder.encode(rows, pace)) {
    encoded += 1
    if (input && input.length === 0) throw new Error('a row has no bytes')
  }
  if (encoded !== rows.length) throw new Error(`${rows.length} rows gave ${encoded}`)
}

/** Empties the workspace. @returns what should not have been in it */
export async function sweep(datasetsFolder: string): Promise<string[]> {
  const left = await readdir(datasetsFolder).catch(() => [])
  await Promise.all(left.map((name) => rm(join(datasetsFolder, name), { recursive: true, force: true })))
  return left.filter((name) => !/^[0-9a-f]{16}$/.test(name))
}
