/** Opening a workspace: folder, lock, SQLite in WAL mode, migrations. */
import Database from 'better-sqlite3'
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '../common/errors.ts'
import { lockWorkspace } from './lock.ts'
import { backUpOlder, migrate, refuseNewer, refuseOlder } from './migrate.ts'
import { refuseTruncated } from './truncated.ts'
import { describeFault } from './faults.ts'

/** The log is moved into the file when it has so many pages. */
export const logPages = 1000

export type Connection = Database.Database

export interface OpenDatabase {
  folder: string
  connection: Connection
  /** Nothing can be written through it. */
  readOnly: boolean
  close(): void
}

export const databaseFile = (folder: string): string => join(folder, 'workspace.db')

/**
 * Opens the workspace for writing, creating it when it is not there. One of an older version is brought up to date, and a
 * copy kept; one that is refused is not touched.
 * @throws UserError `workspace/read-only`, `workspace/not-a-folder`, `workspace/locked`, `workspace/newer`,
 *   `workspace/damaged`, `workspace/full`, `workspace/no-space`
 */
export function openDatabase(folder: string, shell: string): OpenDatabase {
  prepareFolder(folder)
  const lock = lockWorkspace(folder, shell)
  let connection: Connection | null = null
  try {
    const file = databaseFile(folder)
    if (existsSync(file)) examine(folder, file)
    const opened = (connection = new Database(file, { timeout: patience }))
    backUpOlder(opened, file)
    // Of a new file only; migrate.ts sees to those of older versions.
    opened.pragma('auto_vacuum = INCREMENTAL')
    opened.pragma('journal_mode = WAL')
    // WAL with NORMAL survives a killed process whole, and a power cut up to the last checkpointed flush.
    opened.pragma('synchronous = NORMAL')
    opened.pragma(`wal_autocheckpoint = ${logPages}`)
    opened.pragma('foreign_keys = ON')
    migrate(opened)
    return {
      folder,
      connection: opened,
      readOnly: false,
      close() {
        opened.close()
        lock.release()
      },
    }
  } catch (error) {
    connection?.close()
    lock.release()
    throw describeFault(error, databaseFile(folder))
  }
}

/**
 * Opens a workspace that another process may be writing; nothing is created or migrated.
 * @throws UserError `workspace/newer`, `workspace/older`, `workspace/damaged`, `workspace/read-only`
 */
export function openReadOnly(folder: string): OpenDatabase {
  let connection: Connection | null = null
  try {
    const opened = (connection = connectReadOnly(databaseFile(folder)))
    refuseNewer(opened, folder)
    refuseOlder(opened, folder)
    return { folder, connection: opened, readOnly: true, close: () => void opened.close() }
  } catch (error) {
    connection?.close()
    throw describeFault(error, databaseFile(folder))
  }
}

/**
 * Moves what stands in the log of a workspace into its file, which waits for the disk: for another thread of the process
 * that writes. What cannot be moved now stays in the log.
 */
export function emptyLog(folder: string): void {
  const connection = new Database(databaseFile(folder), { fileMustExist: true, timeout: 0 })
  try {
    connection.pragma('wal_checkpoint(PASSIVE)')
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
  } finally {
    connection.close()
  }
}

/** Milliseconds that a statement waits for another connection. */
const patience = 2000

const connectReadOnly = (file: string): Connection =>
  new Database(file, { readonly: true, fileMustExist: true, timeout: patience })

/** Before anything is written: whether this version may write it at all. */
function examine(folder: string, file: string): void {
  accessSync(file, constants.R_OK)
  refuseTruncated(file)
  const connection = connectReadOnly(file)
  try {
    refuseNewer(connection, folder)
  } finally {
    connection.close()
  }
  try {
    accessSync(file, constants.W_OK)
  } catch {
    throw new UserError({
      code: 'workspace/read-only',
      what: `The workspace file ${file} cannot be written.`,
      mend: 'Change its permissions, or choose another folder with --workspace.',
    })
  }
}

function prepareFolder(folder: string): void {
  try {
    makeFolder(folder)
    accessSync(folder, constants.W_OK)
    makeFolder(join(folder, 'checkpoints'))
    makeFolder(join(folder, 'datasets'))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason'
    if (code === 'ENOTDIR' || code === 'EEXIST')
      throw new UserError({
        code: 'workspace/not-a-folder',
        what: `The workspace ${folder} is a file, or lies inside one.`,
        mend: 'Choose a folder with --workspace.',
      })
    throw new UserError({
      code: 'workspace/read-only',
      what: `The workspace ${folder} cannot be written (${code}).`,
      mend: 'Choose a folder that you may write to with --workspace, or change its permissions.',
    })
  }
}

/** Like `mkdir -p`. (Node's own recursive mkdir never returns below folders such as /proc.) */
function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    if (statSync(folder).isDirectory()) return
    throw Object.assign(new Error(`${folder} is not a folder`), { code: 'ENOTDIR' })
  }
  makeFolder(dirname(folder))
  mkdirSync(folder)
}
