/** Opening a workspace: folder, lock, SQLite in WAL mode, migrations. */
import Database from 'better-sqlite3'
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '../common/errors.ts'
import { storedArchitecture } from './architecture.ts'
import { lockWorkspace } from './lock.ts'
import { migrations } from './schema.ts'

export type Connection = Database.Database

export interface OpenDatabase {
  folder: string
  connection: Connection
  close(): void
}

export const databaseFile = (folder: string): string => join(folder, 'workspace.db')

/**
 * Opens the workspace for writing, creating it when it is not there.
 * @throws UserError `workspace/read-only`, `workspace/not-a-folder`, `workspace/locked`, `workspace/newer`,
 *   `workspace/damaged`
 */
export function openDatabase(folder: string, shell: string): OpenDatabase {
  prepareFolder(folder)
  const lock = lockWorkspace(folder, shell)
  try {
    const connection = connect(folder, false)
    connection.pragma('journal_mode = WAL')
    // WAL with NORMAL survives a killed process whole, and a power cut up to the last checkpointed flush.
    connection.pragma('synchronous = NORMAL')
    connection.pragma('foreign_keys = ON')
    migrate(connection, folder)
    return {
      folder,
      connection,
      close() {
        connection.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw describeDamage(error, folder)
  }
}

/** Opens a workspace that another process may be writing; nothing is created or migrated. */
export function openReadOnly(folder: string): OpenDatabase {
  try {
    const connection = connect(folder, true)
    return { folder, connection, close: () => void connection.close() }
  } catch (error) {
    throw describeDamage(error, folder)
  }
}

function connect(folder: string, readonly: boolean): Connection {
  return new Database(databaseFile(folder), { readonly, fileMustExist: readonly, timeout: 2000 })
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

function migrate(connection: Connection, folder: string): void {
  const version = connection.pragma('user_version', { simple: true }) as number
  if (version > migrations.length)
    throw new UserError({
      code: 'workspace/newer',
      what: `The workspace ${folder} was written by a newer Tapedeck (version ${version}; this one reads up to ${migrations.length}).`,
      mend: 'Update Tapedeck, or choose another folder with --workspace.',
    })
  connection.function('architecture_of', { deterministic: true }, (json) => storedArchitecture(String(json)))
  migrations.slice(version).forEach((sql, i) => {
    connection.transaction(() => {
      connection.exec(sql)
      connection.pragma(`user_version = ${version + i + 1}`)
    })()
  })
}

function describeDamage(error: unknown, folder: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  if (error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT'))
    return new UserError({
      code: 'workspace/damaged',
      what: `The workspace file ${databaseFile(folder)} is damaged (${error.message}).`,
      mend: 'Move it away and start again, or restore it from a backup; checkpoints beside it are not affected.',
    })
  if (error.code.startsWith('SQLITE_READONLY') || error.code.startsWith('SQLITE_CANTOPEN'))
    return new UserError({
      code: 'workspace/read-only',
      what: `The workspace file ${databaseFile(folder)} cannot be opened (${error.message}).`,
      mend: 'Choose a folder that you may write to with --workspace, or change its permissions.',
    })
  return error
}
