/** Looking at files and folders: every failure is a refusal that names the path. */
import { open, readdir, realpath, stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { homedir } from 'node:os'
import { extname, join, resolve, sep } from 'node:path'
import { refuseFileError } from './refuse.ts'

const collator = new Intl.Collator('en', { numeric: true })

/** Natural order (`class 2` before `class 10`), the same on every machine. */
export function naturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || plainOrder(a, b)
}

/** By code unit; much faster than the natural order, for long lists nobody reads. */
export function plainOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Absolute path; a leading `~` is the home folder, because people type it. */
export function absolutePath(path: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1))
  return resolve(path)
}

/** @throws UserError `data/missing`, `data/unreadable` */
export async function look(path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (error) {
    refuseFileError(error, path)
  }
}

/** `.png` of `A.PNG`. */
export function extension(path: string): string {
  return extname(path).toLowerCase()
}

export interface Entry {
  name: string
  path: string
  folder: boolean
  /** Only where it is a symbolic link. */
  link?: true
}

/**
 * What lies directly in a folder: hidden names, broken links, sockets and the like left out, links
 * followed. Plain order.
 * @param broken is told of links that lead nowhere or back to themselves
 * @throws UserError `data/missing`, `data/not-folder`, `data/unreadable`
 */
export async function listFolder(folder: string, broken?: (path: string) => void): Promise<Entry[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch((error: unknown) =>
    refuseFileError(error, folder),
  )
  const entries: Entry[] = []
  for (const item of found) {
    if (item.name.startsWith('.')) continue
    const path = join(folder, item.name)
    if (item.isSymbolicLink()) {
      const target = await stat(path).catch(() => null)
      if (target?.isDirectory() || target?.isFile())
        entries.push({ name: item.name, path, folder: target.isDirectory(), link: true })
      else if (!target) broken?.(path)
    } else if (item.isDirectory() || item.isFile()) {
      entries.push({ name: item.name, path, folder: item.isDirectory() })
    }
  }
  return entries.sort((a, b) => plainOrder(a.name, b.name))
}

/** Deeper folders are not looked into. */
const deepest = 16

/**
 * The files of a folder that a person chose. A folder reached twice (a loop of symbolic links, or two links to one place)
 * is read once; a link that leads out of the chosen folder is not followed, as what lies there was not chosen.
 */
export class Tree {
  readonly root: string
  readonly #tell: (path: string, reason: string) => void
  readonly #told = new Set<string>()
  /** Where the root really is; found when it is first needed. */
  #real: Promise<string> | null = null

  /** @param aside is told once of everything that could not be read, and why */
  constructor(root: string, aside: (path: string, reason: string) => void) {
    this.root = root
    this.#tell = aside
  }

  #aside(path: string, reason: string): void {
    if (this.#told.has(path)) return
    this.#told.add(path)
    this.#tell(path, reason)
  }

  /**
   * What lies directly in a folder of the tree, in plain order; nothing where it may not be read.
   * @throws UserError when the root itself may not be read, or is gone
   */
  async list(folder: string): Promise<Entry[]> {
    const broken = (path: string): void => this.#aside(path, 'the link leads nowhere')
    const found = await listFolder(folder, broken).catch((error: unknown): Entry[] => {
      if (folder === this.root) throw error
      this.#aside(folder, 'this folder may not be read')
      return []
    })
    const entries: Entry[] = []
    for (const entry of found) if (!entry.link || (await this.#staysInside(entry.path))) entries.push(entry)
    return entries
  }

  /** Every file under a folder of the tree. @param visited folders read already, by where they really are */
  async *files(folder: string, visited: Set<string>, depth = deepest): AsyncGenerator<Entry> {
    if (depth === 0) return
    const real = await realpath(folder).catch(() => folder)
    if (visited.has(real)) return
    visited.add(real)
    for (const entry of await this.list(folder)) {
      if (entry.folder) yield* this.files(entry.path, visited, depth - 1)
      else yield entry
    }
  }

  async #staysInside(link: string): Promise<boolean> {
    this.#real ??= realpath(this.root)
    const [root, target] = [await this.#real, await realpath(link).catch(() => null)]
    if (target === root || target?.startsWith(root.endsWith(sep) ? root : root + sep)) return true
    this.#aside(link, target === null ? 'the link leads nowhere' : `the link leads outside ${this.root}`)
    return false
  }
}

/** The first `length` bytes of a file, fewer where it is shorter. */
export async function firstBytes(path: string, length: number): Promise<Buffer> {
  const file = await open(path, 'r').catch((error: unknown) => refuseFileError(error, path))
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    refuseFileError(error, path)
  } finally {
    await file.close()
  }
}
