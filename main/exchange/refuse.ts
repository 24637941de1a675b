/** What is said of a source that cannot be read. */
import { UserError } from '../common/errors.ts'

export const damaged = (what: string, cause?: unknown): UserError =>
  new UserError(
    {
      code: 'exchange/damaged',
      what: `${what}.`,
      mend: 'Nothing was imported. Copy the file again, or export it again where it came from.',
    },
    { cause },
  )

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const fileError = (path: string, error: unknown): UserError => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : reasonOf(error)
  const known: Record<string, string> = {
    ENOENT: 'there is nothing of that name',
    EACCES: 'it may not be read',
    EPERM: 'it may not be read',
    ENOSPC: 'the disk is full',
    EROFS: 'the disk is read-only',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of it is a file',
  }
  return new UserError(
    {
      code: 'exchange/file',
      what: `${path}: ${known[code] ?? code}.`,
      mend: 'Check the path and its permissions.',
    },
    { cause: error },
  )
}
