import { homedir } from 'node:os'
import { dirname } from 'node:path'
import type { FolderEntry } from '../common/schemas.ts'
import { absolutePath, listFolder, look, naturalOrder } from './files.ts'
import { refuse } from './refuse.ts'

/** Beyond this many entries the natural order would hold the main thread; the plain order stands. */
const sortedNaturallyAtMost = 5000

export interface Listing {
  path: string
  /** Null at the root of the file system. */
  parent: string | null
  entries: FolderEntry[]
}

/**
 * Lists a folder: folders first, then files, in natural order; hidden names are left out.
 * @param path null for the home folder
 * @throws UserError `data/missing`, `data/not-folder`, `data/unreadable`
 */
export async function browse(path: string | null): Promise<Listing> {
  const folder = path === null ? homedir() : absolutePath(path)
  if (!(await look(folder)).isDirectory())
    refuse('not-folder', `${folder} is a file, not a folder.`, 'Choose the folder that it is in.')
  const entries = await listFolder(folder)
  if (entries.length <= sortedNaturallyAtMost) entries.sort((a, b) => naturalOrder(a.name, b.name))
  const parent = dirname(folder)
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    entries: [...entries.filter((entry) => entry.folder), ...entries.filter((entry) => !entry.folder)],
  }
}
