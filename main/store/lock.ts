/**
 * One writer per workspace. The lock is SQLite's own exclusive file lock on `workspace.lock`, held while the
 * workspace is open: the system releases it when the process goes, so a killed process leaves no stale lock.
 */
import Database from 'better-sqlite3'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../common/errors.ts'
import { holderSchema, type Holder } from '../common/schemas.ts'

export interface Lock {
  release(): void
}

/**
 * @param shell what to call this process when another one is refused: "desktop"
 * @throws UserError `workspace/locked` naming the process that holds it
 */
export function lockWorkspace(folder: string, shell: string): Lock {
  const database = tryLock(folder, patience)
  if (!database) {
    const owner = readOwner(folder)
    throw new UserError({
      code: 'workspace/locked',
      what: `The workspace ${folder} is already open in another Tapedeck${owner ? ` (${owner.shell}, process ${owner.pid})` : ''}.`,
      mend: 'Use that one, or close it first, or choose another folder with --workspace.',
    })
  }
  writeFileSync(ownerFile(folder), JSON.stringify({ pid: process.pid, shell }))
  return {
    release() {
      rmSync(ownerFile(folder), { force: true })
      database.close()
    },
  }
}

/** The process that has a workspace open for writing; null when there is none. */
export function holderOf(folder: string): Holder | null {
  const database = tryLock(folder)
  database?.close()
  return database ? null : (readOwner(folder) ?? { pid: 0, shell: 'unknown' })
}

const ownerFile = (folder: string): string => join(folder, 'workspace.owner.json')

/** Milliseconds: `holderOf` of another process has the lock for a moment. */
const patience = 40

/** Null when somebody else has it. */
function tryLock(folder: string, timeout = 0): Database.Database | null {
  const database = new Database(join(folder, 'workspace.lock'), { timeout })
  try {
    database.pragma('locking_mode = EXCLUSIVE')
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw error
  }
}

function readOwner(folder: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(ownerFile(folder), 'utf8')))
  } catch {
    return null
  }
}
