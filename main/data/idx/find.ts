/** Finds the images and labels files that belong together, by the names that MNIST and its relatives use. */
import { basename, dirname, join } from 'node:path'
import type { Split } from '../../common/data/dataset.ts'
import { listFolder, look } from '../files.ts'
import { refuse, someOf } from '../refuse.ts'

export interface IdxPair {
  /** Null when it is the only part. */
  split: Split | null
  images: string
  labels: string
}

export interface IdxFiles {
  pairs: IdxPair[]
  reasons: string[]
}

interface Named {
  path: string
  name: string
  /** `train`, `emnist-letters-test`; empty for a bare `images-idx3-ubyte`. */
  prefix: string
  role: 'images' | 'labels'
  gzip: boolean
}

const pattern = /^(.*?)[-_.]?(images|labels)[-_.]idx[13][-_.]ubyte(\.gz)?$/i
const parts: { word: RegExp; split: Split }[] = [
  { word: /(^|[-_.])train$/i, split: 'train' },
  { word: /(^|[-_.])(t10k|test|val|valid|validation)$/i, split: 'validation' },
]

function named(path: string): Named | null {
  const name = basename(path)
  const match = pattern.exec(name)
  if (!match) return null
  return {
    path,
    name,
    prefix: match[1]!,
    role: match[2]!.toLowerCase() === 'images' ? 'images' : 'labels',
    gzip: match[3] !== undefined,
  }
}

/** The name without its part: `emnist-letters` for both of its prefixes. */
function family(prefix: string): string {
  for (const { word } of parts) if (word.test(prefix)) return prefix.replace(word, '')
  return prefix
}

function splitOf(prefix: string): Split | null {
  return parts.find(({ word }) => word.test(prefix))?.split ?? null
}

/**
 * The pairs of a folder, or those of the family that a file belongs to; null when nothing has such a name.
 * @throws UserError `data/idx-no-labels`, `data/idx-no-images`, `data/idx-several`
 */
export async function findIdx(path: string): Promise<IdxFiles | null> {
  const chosen = (await look(path)).isDirectory() ? null : named(path)
  const folder = chosen ? dirname(path) : path
  if (!chosen && !(await look(path)).isDirectory()) return null
  const found = (await listFolder(folder)).flatMap((entry) => (entry.folder ? [] : (named(entry.path) ?? [])))
  const families = new Set(found.map((file) => family(file.prefix)))
  if (families.size === 0) return null
  if (!chosen && families.size > 1)
    refuse(
      'idx-several',
      `${folder} holds ${families.size} IDX sets (${someOf([...families].map((name) => name || 'unnamed'))}).`,
      'Choose an images file of the one you want.',
    )
  const wanted = family(chosen?.prefix ?? found[0]!.prefix)
  const ours = found.filter((file) => family(file.prefix) === wanted)
  const reasons: string[] = []
  const pairs = [...new Set(ours.map((file) => file.prefix))].map((prefix): IdxPair => {
    const images = pick(ours, prefix, 'images', reasons)
    const labels = pick(ours, prefix, 'labels', reasons)
    if (!labels) refuseMissing('labels', images!, folder)
    if (!images) refuseMissing('images', labels, folder)
    return { split: splitOf(prefix), images: images.path, labels: labels.path }
  })
  return { pairs: arrange(pairs, chosen, reasons), reasons }
}

/** A training and a validation part, or one part to be split by hash. */
function arrange(pairs: IdxPair[], chosen: Named | null, reasons: string[]): IdxPair[] {
  const train = pairs.find((pair) => pair.split === 'train')
  const validation = pairs.find((pair) => pair.split === 'validation')
  if (train && validation) {
    reasons.push(`${basename(train.images)} is for training, ${basename(validation.images)} for validation.`)
    return [train, validation]
  }
  const only =
    pairs.find((pair) => chosen && (pair.images === chosen.path || pair.labels === chosen.path)) ?? pairs[0]!
  reasons.push(`Only ${basename(only.images)} is there: part of it is held out for validation.`)
  return [{ ...only, split: null }]
}

function pick(files: Named[], prefix: string, role: Named['role'], reasons: string[]): Named | undefined {
  const matches = files.filter((file) => file.prefix === prefix && file.role === role)
  matches.sort((a, b) => Number(a.gzip) - Number(b.gzip))
  if (matches.length > 1) reasons.push(`${matches[0]!.name} is read, ${matches[1]!.name} is not.`)
  return matches[0]
}

function refuseMissing(role: 'images' | 'labels', other: Named, folder: string): never {
  const expected = other.name
    .replace(/images|labels/i, role)
    .replace(/idx[13]/i, role === 'images' ? 'idx3' : 'idx1')
  refuse(
    `idx-no-${role}`,
    `${other.name} has no ${role} beside it: there is no ${join(folder, expected)}.`,
    `Put the ${role} file next to it, or take ${other.name} out of the folder.`,
  )
}
