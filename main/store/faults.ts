/** What SQLite refuses, in words: for a person it is the disk, the permissions or the file. */
import Database from 'better-sqlite3'
import { UserError } from '../common/errors.ts'

/** @param file of the database; @returns a UserError where one can say what to do, else the error itself */
export function describeFault(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const is = (...codes: string[]): boolean => codes.some((code) => error.code.startsWith(code))
  const refusal = (code: string, what: string, mend: string): UserError =>
    new UserError({ code: `workspace/${code}`, what, mend }, { cause: error })
  if (is('SQLITE_CORRUPT', 'SQLITE_NOTADB'))
    return refusal(
      'damaged',
      `The workspace file ${file} is damaged (${error.message}).`,
      'Move it away and start again, or put a backup in its place, with Tapedeck closed; checkpoints beside it are not affected.',
    )
  if (is('SQLITE_FULL'))
    return refusal(
      'full',
      `The disk of the workspace file ${file} is full; nothing of this was stored.`,
      'Free some disk space and do it again; what was stored before is not affected.',
    )
  if (is('SQLITE_READONLY', 'SQLITE_CANTOPEN'))
    return refusal(
      'read-only',
      `The workspace file ${file} cannot be written (${error.message}).`,
      'Choose a folder that you may write to with --workspace, or change its permissions.',
    )
  if (is('SQLITE_IOERR'))
    return refusal(
      'disk',
      `The disk of the workspace file ${file} does not answer as it should (${error.code}).`,
      'See that the disk has space, is connected and healthy, then do it again.',
    )
  return error
}
