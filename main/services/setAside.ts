/** Damaged checkpoints: what is left of one is kept in a folder of its own until a person deletes it. */
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { filesOf } from '../training/checkpointFiles.ts'

/** Inside the folder of checkpoints, so that it is on the same disk and a file is moved there, not copied. */
export const setAsideFolder = 'set-aside'

const folderIn = (workspace: string): string => join(workspace, 'checkpoints', setAsideFolder)
const folderOf = (workspace: string, runId: number): string => join(folderIn(workspace), String(runId))

/**
 * Moves the files of a checkpoint that are there beside those set aside before, under one new name where the old is taken.
 * @throws as `rename` does; files that were moved before that stay where they are by then
 */
export function setAside(workspace: string, runId: number, path: string): void {
  const files = filesOf(path).filter((file) => existsSync(file))
  if (files.length === 0) return
  const folder = folderOf(workspace, runId)
  mkdirSync(folder, { recursive: true })
  for (let nth = 1; ; nth++) {
    const prefix = nth === 1 ? '' : `${nth}-`
    const moves = files.map((file) => [file, join(folder, `${prefix}${basename(file)}`)] as const)
    if (moves.some(([, to]) => existsSync(to))) continue
    for (const [from, to] of moves) renameSync(from, to)
    return
  }
}

/** Bytes set aside, by run. */
export async function bytesSetAside(workspace: string): Promise<Map<number, number>> {
  const sizes = new Map<number, number>()
  for (const { name } of await entries(folderIn(workspace))) {
    const folder = join(folderIn(workspace), name)
    const files = (await entries(folder)).filter((entry) => entry.isFile())
    const bytes = await Promise.all(files.map(async (file) => (await stat(join(folder, file.name))).size))
    const sum = bytes.reduce((total, size) => total + size, 0)
    if (sum > 0) sizes.set(Number(name), sum)
  }
  return sizes
}

/** For ever: of one run, or everything. */
export async function removeSetAside(workspace: string, runId?: number): Promise<void> {
  const folder = runId === undefined ? folderIn(workspace) : folderOf(workspace, runId)
  await rm(folder, { recursive: true, force: true })
}

const entries = async (folder: string) => {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
