/** Brings a database up to this version, from a copy that is kept: a migration that goes wrong loses nothing. */
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../common/errors.ts'
import { storedArchitecture } from './architecture.ts'
import type { Connection } from './database.ts'
import { migrations } from './schema.ts'

/** Copies that are kept, the newest. */
const kept = 3

/** Bytes that must be free beside the copy, and what the change itself may take, as a share of the database. */
const spare = 16 * 1024 * 1024
const growth = 1.5

const versionOf = (connection: Connection): number =>
  connection.pragma('user_version', { simple: true }) as number

/** Reads only. @throws UserError `workspace/newer` */
export function refuseNewer(connection: Connection, folder: string): void {
  const version = versionOf(connection)
  if (version <= migrations.length) return
  throw new UserError({
    code: 'workspace/newer',
    what: `The workspace ${folder} was written by a newer Tapedeck (version ${version}; this one reads up to ${migrations.length}).`,
    mend: 'Update Tapedeck, or choose another folder with --workspace.',
  })
}

/** Reads only. @throws UserError `workspace/older`, where one cannot migrate because another process has the lock */
export function refuseOlder(connection: Connection, folder: string): void {
  const version = versionOf(connection)
  if (version >= migrations.length) return
  throw new UserError({
    code: 'workspace/older',
    what: `The workspace ${folder} was written by an older Tapedeck (version ${version}; this one has ${migrations.length}) and cannot be brought up to date now.`,
    mend: 'Close the Tapedeck that has it open, and see that you may write to the folder.',
  })
}

export function migrate(connection: Connection): void {
  const version = versionOf(connection)
  connection.function('architecture_of', { deterministic: true }, (json) => storedArchitecture(String(json)))
  migrations.slice(version).forEach((sql, i) => {
    connection.transaction(() => {
      connection.exec(sql)
      connection.pragma(`user_version = ${version + i + 1}`)
    })()
  })
  // What is deleted can be given back a part at a time from then on; older versions did not keep what that needs.
  if (version > 0 && connection.pragma('auto_vacuum', { simple: true }) === 0) {
    connection.pragma('auto_vacuum = INCREMENTAL')
    connection.exec('VACUUM')
  }
}

/**
 * Keeps a copy of a database that `migrate` will change: `workspace.db.before-v6`, whole or not there. Only reads the
 * database itself.
 * @throws UserError `workspace/no-space`
 */
export function backUpOlder(connection: Connection, file: string): void {
  const version = versionOf(connection)
  if (version === 0 || version === migrations.length) return
  const pages = connection.pragma('page_count', { simple: true }) as number
  const bytes = pages * (connection.pragma('page_size', { simple: true }) as number)
  refuseWithoutSpace(file, bytes)
  const copy = `${file}.before-v${migrations.length}`
  const unfinished = `${copy}.tmp`
  rmSync(unfinished, { force: true })
  connection.prepare<[string]>('VACUUM INTO ?').run(unfinished)
  const descriptor = openSync(unfinished, 'r+')
  fsyncSync(descriptor)
  closeSync(descriptor)
  renameSync(unfinished, copy)
  for (const old of backups(file).slice(kept)) rmSync(old, { force: true })
}

/** Copies from before earlier migrations, the newest first. */
export function backups(file: string): string[] {
  const name = `${basename(file)}.before-v`
  const folder = dirname(file)
  const version = (path: string): number => Number(path.slice(path.lastIndexOf(name) + name.length))
  return readdirSync(folder)
    .filter((entry) => entry.startsWith(name) && /^\d+$/.test(entry.slice(name.length)))
    .map((entry) => join(folder, entry))
    .sort((a, b) => version(b) - version(a))
}

function refuseWithoutSpace(file: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dirname(file))
  const free = bavail * bsize
  const needed = bytes * (1 + growth) + spare
  if (free >= needed) return
  const megabytes = (count: number): string => `${Math.ceil(count / 1e6).toLocaleString('en-US')} MB`
  throw new UserError({
    code: 'workspace/no-space',
    what: `The workspace file ${file} (${megabytes(statSync(file).size)}) is of an older version, and a copy of it is kept before it is brought up to date: ${megabytes(needed)} are needed, ${megabytes(free)} are free. Nothing was changed.`,
    mend: 'Free some disk space, or move the workspace to a larger disk.',
  })
}
