/** Whether a source has changed since it was imported, by the number and the times of its files alone. */
import { readdir, stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import type { Dataset, SourceChange } from '../common/data/dataset.ts'
import type { Pace } from './pace.ts'
import { inOrder } from './parallel.ts'
import { count, fileErrorCode } from './refuse.ts'

/** More files than this are not looked at one by one. */
const mostFiles = 200_000
const looksAtOnce = 16

export type SourceState = NonNullable<Dataset['source']>

/** @returns null where there are too many files; undefined where there is nothing at the path */
export async function sourceState(root: string, pace: Pace): Promise<SourceState | null | undefined> {
  const top = await lookQuietly(root)
  if (!top) return undefined
  const state = { files: 0, newest: top.mtimeMs }
  if (!top.isDirectory()) return { files: 1, newest: top.mtimeMs }
  const visited = new Set([identity(top)])
  const folders = [root]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const names = await readdir(folder).catch(() => [])
    const visible = names.filter((name) => !name.startsWith('.'))
    const looks = inOrder(visible, looksAtOnce, async (name) => ({
      path: join(folder!, name),
      found: await lookQuietly(join(folder!, name)),
    }))
    for await (const { path, found } of looks) {
      await pace.rest()
      if (!found) continue
      state.newest = Math.max(state.newest, found.mtimeMs)
      if (found.isDirectory()) {
        if (visited.has(identity(found))) continue
        visited.add(identity(found))
        folders.push(path)
      } else if ((state.files += 1) > mostFiles) {
        return null
      }
    }
  }
  return state
}

/** Links are followed; what is not there or may not be looked at is null. */
const lookQuietly = (path: string): Promise<Stats | null> => stat(path).catch(() => null)

const identity = ({ dev, ino }: Stats): string => `${dev}:${ino}`

/** What a glance at the source of a data set says. */
export async function sourceChange(
  { path, source, importedAt }: Pick<Dataset, 'path' | 'source' | 'importedAt'>,
  pace: Pace,
): Promise<SourceChange> {
  const now = await sourceState(path, pace)
  if (now === undefined) return { state: 'gone', what: await goneSentence(path) }
  if (now === null) return { state: 'unknown', what: `${path} has over ${count(mostFiles, 'file')}.` }
  if (source && source.files !== now.files)
    return {
      state: 'changed',
      what: `${count(now.files, 'file')} in ${path}, ${count(source.files, 'file')} at the import.`,
    }
  const before = source?.newest ?? importedAt
  if (source ? now.newest !== before : now.newest > before)
    return { state: 'changed', what: `${path} was changed on ${dayOf(now.newest)}.` }
  return { state: 'same', what: '' }
}

async function goneSentence(path: string): Promise<string> {
  const code = await stat(path).then(() => null, fileErrorCode)
  return code === 'EACCES' || code === 'EPERM'
    ? `This user may not look at ${path} any more (permission denied).`
    : `There is nothing at ${path} any more.`
}

/** `2026-03-31`, in the time zone of this machine. */
export function dayOf(time: number): string {
  const date = new Date(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
