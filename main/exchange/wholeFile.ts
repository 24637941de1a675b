/** A file that is whole or not there, written as a stream: into a temporary name, synced, then renamed. */
import { existsSync } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { UserError } from '../common/errors.ts'
import { fileError } from './refuse.ts'

/** @returns its bytes. @throws UserError `exchange/exists`, `exchange/file` */
export async function writeWholeFile(
  path: string,
  content: AsyncIterable<Buffer>,
  { replace, signal }: { replace: boolean; signal: AbortSignal },
): Promise<number> {
  refuseExisting(path, replace)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(content, { signal })
      await file.sync()
    } finally {
      await file.close()
    }
    signal.throwIfAborted()
    await rename(temporary, path)
    return (await stat(path)).size
  } catch (error) {
    await rm(temporary, { force: true })
    if (signal.aborted || error instanceof UserError) throw error
    throw fileError(path, error)
  }
}

/** @throws UserError `exchange/exists` */
export function refuseExisting(path: string, replace: boolean): void {
  if (replace || !existsSync(path)) return
  throw new UserError({
    code: 'exchange/exists',
    what: `${path} is there already.`,
    mend: 'Choose another name, or say that it may be replaced.',
  })
}
