/**
 * One writer per workspace. The lock is SQLite's own exclusive file lock on `workspace.lock`, held while the
 * workspace is open: the system releases it when the process goes, so a killed process leaves no stale lock.
 */
import Database from 'better-sqlite3'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { UserError } from '../common/errors.ts'

const ownerSchema = z.object({ pid: z.number(), shell: z.string() })

export interface Lock {
  release(): void
}

/**
 * @param shell what to call this process when another one is refused: "desktop"
 * @throws UserError `workspace/locked` naming the process that holds it
 */
export function lockWorkspace(folder: string, shell: string): Lock {
  const ownerFile = join(folder, 'workspace.owner.json')
  const database = new Database(join(folder, 'workspace.lock'), { timeout: 0 })
  try {
    database.pragma('locking_mode = EXCLUSIVE')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!isBusy(error)) throw error
    const owner = readOwner(ownerFile)
    throw new UserError({
      code: 'workspace/locked',
      what: `The workspace ${folder} is already open in another Tapedeck${owner ? ` (${owner.shell}, process ${owner.pid})` : ''}.`,
      mend: 'Use that window, or close it first, or choose another folder with --workspace.',
    })
  }
  writeFileSync(ownerFile, JSON.stringify({ pid: process.pid, shell }))
  return {
    release() {
      rmSync(ownerFile, { force: true })
      database.close()
    },
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')

function readOwner(file: string): z.infer<typeof ownerSchema> | null {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}
