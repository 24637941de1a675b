/** Temporary folders of imports: made, put in place in one step, cleaned up after a killed process. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dataset } from '../../common/data/dataset.ts'
import { isAlive } from '../alive.ts'
import { refuseFileError } from '../refuse.ts'
import { cacheFolder, readCached } from './layout.ts'

const prefix = '.unfinished-'
/** Folders of imports that run in this process now. */
const inUse = new Set<string>()

/** Makes the folder for a new import, and removes what killed processes left behind. @throws UserError */
export async function makeTemporary(datasetsFolder: string): Promise<string> {
  // Registered before it exists, so that an import beginning at the same time does not take it for a leftover.
  const folder = join(datasetsFolder, `${prefix}${process.pid}-${randomUUID()}`)
  inUse.add(folder)
  try {
    await mkdir(datasetsFolder, { recursive: true })
    await removeLeftovers(datasetsFolder)
    await mkdir(folder)
    return folder
  } catch (error) {
    inUse.delete(folder)
    refuseFileError(error, datasetsFolder)
  }
}

export async function removeTemporary(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  inUse.delete(folder)
}

/** Removes what imports of killed processes left behind; nothing happens where there is no such folder. */
export async function removeLeftovers(datasetsFolder: string): Promise<void> {
  for (const name of await readdir(datasetsFolder).catch(() => [])) {
    const folder = join(datasetsFolder, name)
    if (!name.startsWith(prefix) || inUse.has(folder)) continue
    const owner = Number(name.slice(prefix.length).split('-')[0])
    if (owner !== process.pid && isAlive(owner)) continue
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Puts a finished folder in its place in one step. Where another import was faster with the same
 * content, its result stands; a damaged folder is replaced, and so is one from before check-ups.
 */
export function putInPlace(temporary: string, datasetsFolder: string, record: Dataset): Promise<Dataset> {
  const turn = lastPlaced.then(() => placeNow(temporary, datasetsFolder, record))
  lastPlaced = turn.catch(() => undefined)
  return turn
}

/** One at a time: looking whether a data set is there and putting one there must not interleave. */
let lastPlaced: Promise<unknown> = Promise.resolve()

async function placeNow(temporary: string, datasetsFolder: string, record: Dataset): Promise<Dataset> {
  const folder = cacheFolder(datasetsFolder, record.id)
  const standing = await readCached(datasetsFolder, record.id)
  if (standing?.checks) return standing
  try {
    await rm(folder, { recursive: true, force: true })
    await rename(temporary, folder)
    await syncFolder(datasetsFolder)
  } catch (error) {
    refuseFileError(error, folder)
  }
  return record
}

/** Makes a rename survive a power cut. Windows cannot open folders, and needs no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Removes a data set from the disk; the record in the store is the caller's. */
export async function removeCache(datasetId: string, datasetsFolder: string): Promise<void> {
  const folder = cacheFolder(datasetsFolder, datasetId)
  await rm(folder, { recursive: true, force: true }).catch((error: unknown) => refuseFileError(error, folder))
}
