/** The runs below a folder of event files: every folder that holds some is one, as in TensorBoard. */
import { opendir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileError } from '../refuse.ts'

export interface EventRun {
  /** The folder's path below the one that was chosen, with `/`. */
  name: string
  /** Where they lie. */
  folder: string
  /** In the order they were begun, which their names tell. */
  files: string[]
  bytes: number
  /** Milliseconds since 1970 of its newest file. */
  changedAt: number
}

export const isEventFile = (name: string): boolean => name.includes('tfevents')

/** What `SummaryWriter.add_hparams` calls the folder that it makes for a run's settings: the time. */
const settingsFolder = /^\d{9,}\.\d+$/

const mostFiles = 100_000
const deepest = 32

/** @param path a folder, or one event file. @throws UserError `exchange/file` */
export async function eventRuns(path: string, signal?: AbortSignal): Promise<EventRun[]> {
  const files = new Map<string, string[]>()
  let seen = 0
  async function walk(folder: string, depth: number): Promise<void> {
    signal?.throwIfAborted()
    // Links are not followed: one may lead back.
    for await (const entry of await opendir(folder)) {
      if (++seen > mostFiles) return
      const full = join(folder, entry.name)
      if (entry.isDirectory() && depth < deepest) await walk(full, depth + 1)
      else if (entry.isFile() && isEventFile(entry.name))
        files.set(folder, [...(files.get(folder) ?? []), full])
    }
  }
  try {
    const root = (await stat(path)).isDirectory() ? path : dirname(path)
    if (root === path) await walk(path, 0)
    else files.set(root, [path])
    joinSettings(files)
    const runs: EventRun[] = []
    for (const [folder, own] of files) {
      own.sort((a, b) => (basename(a) < basename(b) ? -1 : 1))
      const stats = await Promise.all(own.map((file) => stat(file)))
      runs.push({
        name: relative(root, folder).split(sep).join('/') || basename(root),
        folder,
        files: own,
        bytes: stats.reduce((sum, { size }) => sum + size, 0),
        changedAt: Math.round(Math.max(...stats.map(({ mtimeMs }) => mtimeMs))),
      })
    }
    return runs.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  } catch (error) {
    throw signal?.aborted ? error : fileError(path, error)
  }
}

/** PyTorch writes the settings of a run into a folder below its own: they belong to it. */
function joinSettings(files: Map<string, string[]>): void {
  for (const [folder, own] of [...files]) {
    const parent = files.get(dirname(folder))
    if (!parent || !settingsFolder.test(basename(folder))) continue
    parent.push(...own)
    files.delete(folder)
  }
}
