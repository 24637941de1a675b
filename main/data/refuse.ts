/** Refusals of this folder: codes are `data/...`, and every one says the value and what to do. */
import { UserError } from '../common/errors.ts'

/** @throws UserError always; the code gets the prefix `data/`. */
export function refuse(code: string, what: string, mend: string, cause?: unknown): never {
  throw new UserError({ code: `data/${code}`, what, mend }, cause === undefined ? undefined : { cause })
}

const fileErrors: Record<string, { code: string; what: (path: string) => string; mend: string }> = {
  ENOENT: {
    code: 'missing',
    what: (path) => `There is nothing at ${path}.`,
    mend: 'Check the path, or choose it again.',
  },
  ENOTDIR: {
    code: 'not-folder',
    what: (path) => `${path} is not a folder.`,
    mend: 'Choose a folder.',
  },
  EACCES: {
    code: 'unreadable',
    what: (path) => `This user may not read or write ${path} (permission denied).`,
    mend: 'Give yourself permission to it, or choose another place.',
  },
  EROFS: {
    code: 'read-only',
    what: (path) => `${path} is on a read-only file system.`,
    mend: 'Choose a workspace that can be written.',
  },
  ENOSPC: {
    code: 'disk-full',
    what: (path) => `The disk filled up while writing ${path}.`,
    mend: 'Free some space, or choose smaller images or a smaller vocabulary; nothing was kept of this import.',
  },
  ELOOP: {
    code: 'link-loop',
    what: (path) => `${path} is a symbolic link that leads back to itself.`,
    mend: 'Choose what the link was meant to point at.',
  },
  ENAMETOOLONG: {
    code: 'missing',
    what: (path) => `The path is too long: ${path.slice(0, 120)}...`,
    mend: 'Check the path, or choose it again.',
  },
}
fileErrors.EPERM = fileErrors.EACCES!

/** The system's code of a failed file operation (`ENOENT`), or null for any other error. */
export function fileErrorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null
  return error.code
}

/**
 * Turns a failed file operation into a refusal that names the path.
 * @throws UserError for the known causes; anything else is thrown on as it is.
 */
export function refuseFileError(error: unknown, path: string): never {
  const known = fileErrors[fileErrorCode(error) ?? '']
  if (known) refuse(known.code, known.what(path), known.mend, error)
  throw error
}

/** `7840016` as `7,840,016`. */
export function figure(value: number): string {
  return value.toLocaleString('en-US')
}

/** `1 image`, `2,000 images`. */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${figure(value)} ${value === 1 ? noun : plural}`
}

/** The first few of a list as a sentence's part: `a, b, c and 4 more`. */
export function someOf(names: readonly string[], most = 3): string {
  if (names.length <= most) return names.join(', ')
  return `${names.slice(0, most).join(', ')} and ${figure(names.length - most)} more`
}
