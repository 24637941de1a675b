/** Which arrays are the samples and which their labels, by the names that people give them. */
import { createReadStream } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import { Unzip, UnzipInflate } from 'fflate'
import type { Split } from '../../common/data/dataset.ts'
import { extension, firstBytes, listFolder, look } from '../files.ts'
import type { Pace } from '../pace.ts'
import { partNamed } from '../partWords.ts'
import { fileErrorCode, refuse, refuseFileError, someOf } from '../refuse.ts'
import { NpyCollector } from './array.ts'
import type { NpyArray } from './array.ts'
import { mostArrayBytes } from './header.ts'

export interface Pair {
  split: Split | null
  samples: NpyArray
  labels: NpyArray
}

export interface Pairs {
  pairs: Pair[]
  reasons: string[]
}

type Role = 'samples' | 'labels'
const roles: Record<Role, readonly string[]> = {
  samples: ['x', 'images', 'image', 'data', 'features', 'inputs', 'samples', 'imgs'],
  labels: ['y', 'labels', 'label', 'targets', 'target', 'classes', 'class'],
}

interface Named {
  key: string
  role: Role
  /** The name without its part: `y` of `y_train`. */
  word: string
  /** Smaller is likelier, where several have one role. */
  rank: number
  split: Split | null
}

/** What `x_train`, `train-labels` or `y` stand for; null for any other name. */
export function roleOf(key: string): Named | null {
  const words = key.toLowerCase().split(/[\s_.-]+/)
  const split = words.map(partNamed).find((part) => part !== null) ?? null
  const rest = words.filter((word) => partNamed(word) === null)
  if (rest.length !== 1 || words.length > 2) return null
  for (const role of ['samples', 'labels'] as const) {
    const rank = roles[role].indexOf(rest[0]!)
    if (rank >= 0) return { key, role, word: rest[0]!, rank, split }
  }
  return null
}

/**
 * The names of arrays, in pairs: a training and a validation part and perhaps a last test, or one part without a split.
 * @throws UserError `data/npy-no-labels`, `data/npy-no-samples`, `data/npy-names`
 */
export function pairNames(
  keys: readonly string[],
  where: string,
): { pairs: { split: Split | null; samples: string; labels: string }[]; reasons: string[] } {
  const named = keys.flatMap((key) => roleOf(key) ?? [])
  const of = (split: Split | null, role: Role): string | undefined =>
    named.filter((one) => one.split === split && one.role === role).sort((a, b) => a.rank - b.rank)[0]?.key
  const held = `it holds ${someOf(keys, 6) || 'nothing'}`
  const mend = 'Name the arrays x_train, y_train, x_test, y_test, or images and labels.'
  if (named.length === 0)
    refuse('npy-names', `There is no telling which arrays of ${where} are samples and labels: ${held}.`, mend)
  const pair = (split: Split | null): { split: Split | null; samples: string; labels: string } | null => {
    const [samples, labels] = [of(split, 'samples'), of(split, 'labels')]
    if (samples === undefined && labels === undefined) return null
    if (labels === undefined)
      refuse('npy-no-labels', `${where} has no labels for its array ${samples}: ${held}.`, mend)
    if (samples === undefined)
      refuse('npy-no-samples', `${where} has no samples for its array ${labels}: ${held}.`, mend)
    return { split, samples, labels }
  }
  const [train, validation, test] = [pair('train'), pair('validation'), pair('test')]
  const unsplit = pair(null)
  const lastTest = validation && test
  const checked = validation ?? test
  if (train && checked) {
    const said = lastTest ? `, ${test.samples} for a last test` : ''
    return {
      pairs: [train, { ...checked, split: 'validation' }, ...(lastTest ? [test] : [])],
      reasons: [`${train.samples} is for training, ${checked.samples} for validation${said}.`],
    }
  }
  const only = unsplit ?? train ?? checked!
  return {
    pairs: [{ ...only, split: null }],
    reasons: [
      `${only.samples} holds the samples, ${only.labels} their labels: part is held out for validation.`,
    ],
  }
}

/** Whether a file begins like a zip archive. */
const isZip = async (path: string): Promise<boolean> =>
  (await firstBytes(path, 4)).toString('latin1') === 'PK\x03\x04'

/**
 * Reads the arrays of an .npz, or of the .npy files that lie together.
 * @returns null when the path is neither
 * @throws UserError
 */
export async function findPairs(path: string, pace: Pace): Promise<Pairs | null> {
  const folder = (await look(path)).isDirectory()
  if (folder || extension(path) === '.npy') return findFiles(folder ? path : dirname(path), path, pace)
  if (extension(path) !== '.npz') return null
  if (!(await isZip(path)))
    refuse(
      'npz-damaged',
      `${basename(path)} is not an NPZ archive: it does not begin like one.`,
      'Download or save the file again.',
    )
  const arrays = new Map<string, NpyArray>()
  for (const array of await readArchive(path, pace)) arrays.set(array.name, array)
  const { pairs, reasons } = pairNames([...arrays.keys()], basename(path))
  return { pairs: pairs.map((pair) => withArrays(pair, (key) => arrays.get(key)!)), reasons }
}

const withArrays = (
  { split, samples, labels }: { split: Split | null; samples: string; labels: string },
  of: (key: string) => NpyArray,
): Pair => ({ split, samples: of(samples), labels: of(labels) })

async function findFiles(folder: string, chosen: string, pace: Pace): Promise<Pairs | null> {
  const files = (await listFolder(folder)).filter(
    (entry) => !entry.folder && extension(entry.name) === '.npy' && !entry.name.startsWith('.'),
  )
  const nameOf = (file: string): string => basename(file, extname(file))
  // A folder may hold arrays by the way; a chosen file must be one of them.
  if (files.length === 0) return null
  if (chosen === folder && !files.some((file) => roleOf(nameOf(file.name)))) return null
  const { pairs, reasons } = pairNames(
    files.map((file) => nameOf(file.name)),
    folder,
  )
  const budget = { left: mostArrayBytes }
  const arrays = new Map<string, NpyArray>()
  for (const name of pairs.flatMap(({ samples, labels }) => [samples, labels])) {
    const file = files.find((entry) => nameOf(entry.name) === name)!
    arrays.set(name, await readArray(file.path, budget, pace))
  }
  return { pairs: pairs.map((pair) => withArrays(pair, (key) => arrays.get(key)!)), reasons }
}

async function readArray(path: string, budget: { left: number }, pace: Pace): Promise<NpyArray> {
  const collector = new NpyCollector(basename(path), budget)
  for await (const chunk of chunksOf(path, 1 << 18)) {
    await pace.rest()
    collector.add(chunk)
  }
  return collector.finish()
}

/** A deflated chunk grows a thousandfold at most: small ones never hold the thread for long. */
const archiveChunk = 1 << 13
const mostArrays = 100

/** Every array of the archive, unpacked in small steps and never further than its own header says. */
async function readArchive(path: string, pace: Pace): Promise<NpyArray[]> {
  const budget = { left: mostArrayBytes }
  const collectors: { collector: NpyCollector; finished: boolean; name: string }[] = []
  // Set from a callback, which a plain variable would hide from the types.
  const failed: { error: Error | null } = { error: null }
  const unzip = new Unzip((file) => {
    if (extname(file.name) !== '.npy' || failed.error !== null) return
    const name = file.name.slice(0, -'.npy'.length)
    const entry = { collector: new NpyCollector(name, budget), finished: false, name }
    collectors.push(entry)
    file.ondata = (error, data, final) => {
      failed.error ??= error
      if (failed.error !== null) return
      try {
        entry.collector.add(data)
      } catch (refused) {
        failed.error = refused instanceof Error ? refused : new Error(String(refused))
      }
      entry.finished ||= final
    }
    file.start()
  })
  unzip.register(UnzipInflate)
  try {
    for await (const chunk of chunksOf(path, archiveChunk)) {
      await pace.rest()
      unzip.push(chunk)
      if (failed.error !== null) throw failed.error
      if (collectors.length > mostArrays)
        refuse('npz-damaged', `${basename(path)} holds more than ${mostArrays} arrays.`, 'Save fewer.')
    }
    unzip.push(new Uint8Array(), true)
    if (failed.error !== null) throw failed.error
    return collectors.map(({ collector }) => collector.finish())
  } catch (error) {
    refuseArchive(error, path)
  }
}

/** fflate's errors have a number for a code; ours pass. */
function refuseArchive(error: unknown, path: string): never {
  const ours = !(error instanceof Error) || !('code' in error) || typeof error.code !== 'number'
  if (ours && !(error instanceof RangeError) && !(error instanceof TypeError)) throw error
  refuse(
    'npz-damaged',
    `${basename(path)} is a damaged archive: ${(error as Error).message}.`,
    'Download or save the file again.',
    error,
  )
}

async function* chunksOf(path: string, size: number): AsyncGenerator<Buffer> {
  const input = createReadStream(path, { highWaterMark: size })
  try {
    for await (const chunk of input) yield chunk as Buffer
  } catch (error) {
    if (fileErrorCode(error)) refuseFileError(error, path)
    throw error
  } finally {
    input.destroy()
  }
}
