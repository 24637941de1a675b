/** Which images a folder holds, of which class and part; nothing is opened. */
import { dirname, relative } from 'node:path'
import type { Split } from '../../common/data/dataset.ts'
import { extension, listFolder, naturalOrder, Tree } from '../files.ts'
import type { Pace } from '../pace.ts'
import { count, refuse, someOf } from '../refuse.ts'
import { findParts } from '../sources/parts.ts'
import { isImageExtension, readFormats } from './formats.ts'

/** Folders that are looked through in search of classes. */
const mostWrappers = 8

export function isImageName(name: string): boolean {
  return isImageExtension(extension(name))
}

export interface Found {
  path: string
  className: string
  split: Split | null
}

export interface Walk {
  root: string
  found: Found[]
  classNames: string[]
  givenSplit: boolean
  /** Class folders without an image. */
  empty: string[]
  /** What could not be reached: folders that may not be read, links that lead out of the root. */
  aside: { path: string; reason: string }[]
  others: number
  reasons: string[]
}

export async function walk(root: string, pace: Pace): Promise<Walk> {
  const aside: Walk['aside'] = []
  const tree = new Tree(root, (path, reason) => aside.push({ path, reason }))
  const { folder: base, reasons: inside } = await unwrapped(root, tree)
  const { parts, reasons } = findParts(base, await tree.list(base))
  const result: Walk = {
    root,
    found: [],
    classNames: [],
    givenSplit: parts.length > 1,
    empty: [],
    aside,
    others: 0,
    reasons: [...inside, ...reasons],
  }
  const perSplit = new Map<Split | null, Set<string>>()
  for (const part of parts) {
    const names = new Set<string>()
    perSplit.set(part.split, names)
    const visited = new Set<string>()
    for (const folder of (await tree.list(part.folder)).filter((entry) => entry.folder)) {
      let images = 0
      for await (const file of tree.files(folder.path, visited)) {
        await pace.rest()
        if (isImageName(file.name)) {
          images += 1
          result.found.push({ path: file.path, className: folder.name, split: part.split })
          pace.report(result.found.length, 0, 'Looking for images')
        } else {
          result.others += 1
        }
      }
      if (images > 0) names.add(folder.name)
      else result.empty.push(folder.path)
    }
  }
  const training = perSplit.get('train') ?? perSplit.get(null) ?? new Set()
  for (const [split, names] of perSplit) checkKnown(split ?? 'train', names, training)
  result.classNames = [...training].sort(naturalOrder)
  return result
}

/** Class folders may lie deeper: a folder that holds nothing but one folder of folders is passed through. */
async function unwrapped(root: string, tree: Tree): Promise<{ folder: string; reasons: string[] }> {
  let folder = root
  for (let level = 0; level < mostWrappers; level += 1) {
    const entries = await tree.list(folder)
    const [only, second] = entries.filter((entry) => entry.folder)
    const isPart = findParts(folder, entries).parts[0]!.folder !== folder
    if (!only || second || isPart || entries.some((entry) => isImageName(entry.name))) break
    folder = only.path
  }
  // As far down as there are several folders: a single one at the end is a class.
  while (folder !== root && (await tree.list(folder)).filter((entry) => entry.folder).length < 2)
    folder = dirname(folder)
  const inside = folder === root ? [] : [`Everything is in ${relative(root, folder)}/.`]
  return { folder, reasons: inside }
}

/** @throws UserError `data/class-mismatch` */
function checkKnown(part: Split, names: ReadonlySet<string>, training: ReadonlySet<string>): void {
  const strangers = [...names].filter((name) => !training.has(name))
  if (strangers.length === 0 || training.size === 0) return
  refuse(
    'class-mismatch',
    `The ${part} part has ${count(strangers.length, 'class', 'classes')} that the training part has not: ${someOf(strangers)}.`,
    `Add training images for them, or take them out of the ${part} folder.`,
  )
}

/** @throws UserError `data/no-images`, `data/no-classes`, `data/empty-folder` */
export async function refuseNothing(root: string, walked: Walk): Promise<never> {
  const entries = await listFolder(root)
  if (entries.length === 0)
    refuse('empty-folder', `${root} is empty.`, 'Choose a folder with one sub-folder of images per class.')
  const direct = entries.filter((entry) => !entry.folder && isImageName(entry.name)).length
  if (direct > 0)
    refuse(
      'no-classes',
      `${count(direct, 'image lies', 'images lie')} directly in ${root}, so there is no telling their classes.`,
      'Put the images of each class into a sub-folder named after the class.',
    )
  const [first] = walked.aside
  if (first)
    refuse(
      'unreadable',
      `${root} has no image that can be reached: of ${count(walked.aside.length, 'folder or link', 'folders and links')} the first is ${first.path}: ${first.reason}.`,
      'Give yourself permission to read them; put files in the place of links that lead outside.',
    )
  refuse(
    'no-images',
    `${root} has no ${readFormats} in its ${count(walked.empty.length, 'sub-folder')} (${count(walked.others, 'other file')}).`,
    'Choose a folder with one sub-folder of images per class.',
  )
}
