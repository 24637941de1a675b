/** Which images a folder holds, of which class and part; nothing is opened. */
import type { Split } from '../../common/schemas.ts'
import { extension, filesUnder, listFolder, naturalOrder } from '../files.ts'
import type { Pace } from '../pace.ts'
import { count, refuse, someOf } from '../refuse.ts'
import { findParts } from '../sources/parts.ts'

const imageExtensions = new Set(['.png', '.jpg', '.jpeg', '.jpe', '.jfif'])

export function isImageName(name: string): boolean {
  return imageExtensions.has(extension(name))
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
  /** Class folders without an image, and folders that may not be read. */
  empty: string[]
  unreadable: string[]
  others: number
  reasons: string[]
}

export async function walk(root: string, pace: Pace): Promise<Walk> {
  const entries = await listFolder(root)
  const { parts, reasons } = findParts(root, entries)
  const result: Walk = {
    root,
    found: [],
    classNames: [],
    givenSplit: parts.length > 1,
    empty: [],
    unreadable: [],
    others: 0,
    reasons,
  }
  const perSplit = new Map<Split | null, Set<string>>()
  for (const part of parts) {
    const names = new Set<string>()
    perSplit.set(part.split, names)
    const visited = new Set<string>()
    for (const folder of (await listFolder(part.folder)).filter((entry) => entry.folder)) {
      let images = 0
      for await (const file of filesUnder(folder.path, (path) => result.unreadable.push(path), visited)) {
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
  for (const part of ['validation', 'test'] as const) {
    const strangers = [...(perSplit.get(part) ?? [])].filter((name) => !training.has(name))
    if (strangers.length > 0 && training.size > 0)
      refuse(
        'class-mismatch',
        `The ${part} part has ${count(strangers.length, 'class', 'classes')} that the training part has not: ${someOf(strangers)}.`,
        `Add training images for them, or take them out of the ${part} folder.`,
      )
  }
  result.classNames = [...training].sort(naturalOrder)
  return result
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
  if (walked.unreadable.length > 0)
    refuse(
      'unreadable',
      `${root} has no image that can be reached: ${count(walked.unreadable.length, 'folder')} in it may not be read.`,
      'Give yourself permission to read them.',
    )
  refuse(
    'no-images',
    `${root} has no PNG or JPEG in its ${count(walked.empty.length, 'sub-folder')} (${count(walked.others, 'other file')}).`,
    'Choose a folder with one sub-folder of PNG or JPEG images per class.',
  )
}
