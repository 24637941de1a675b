/** Looking at files and folders: every failure is a refusal that names the path. */
import { open, readdir, realpath, stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { homedir } from 'node:os'
import { extname, join, resolve } from 'node:path'
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
}

/**
 * What lies directly in a folder: hidden names, broken links, sockets and the like left out, links
 * followed. Plain order.
 * @throws UserError `data/missing`, `data/not-folder`, `data/unreadable`
 */
export async function listFolder(folder: string): Promise<Entry[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch((error: unknown) =>
    refuseFileError(error, folder),
  )
  const entries: Entry[] = []
  for (const item of found) {
    if (item.name.startsWith('.')) continue
    const path = join(folder, item.name)
    if (item.isSymbolicLink()) {
      const target = await stat(path).catch(() => null)
      if (target?.isDirectory()) entries.push({ name: item.name, path, folder: true })
      else if (target?.isFile()) entries.push({ name: item.name, path, folder: false })
    } else if (item.isDirectory() || item.isFile()) {
      entries.push({ name: item.name, path, folder: item.isDirectory() })
    }
  }
  return entries.sort((a, b) => plainOrder(a.name, b.name))
}

/**
 * Every file under a folder, down to `depth` levels of folders. A folder reached twice (a loop of symbolic links, or two
 * links to one place) is read once. Folders that may not be read are passed to `unreadable`.
 */
export async function* filesUnder(
  folder: string,
  unreadable: (path: string) => void,
  visited = new Set<string>(),
  depth = 4,
): AsyncGenerator<Entry> {
  if (depth === 0) return
  const real = await realpath(folder).catch(() => folder)
  if (visited.has(real)) return
  visited.add(real)
  let entries: Entry[]
  try {
    entries = await listFolder(folder)
  } catch {
    unreadable(folder)
    return
  }
  for (const entry of entries) {
    if (entry.folder) yield* filesUnder(entry.path, unreadable, visited, depth - 1)
    else yield entry
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
