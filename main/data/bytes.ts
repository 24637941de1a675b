/** The bytes of a file, unpacked where it is gzip, in chunks. */
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { firstBytes } from './files.ts'
import { fileErrorCode, refuseFileError } from './refuse.ts'

/** A gzip file that ends early or holds something else; the caller knows what was expected. */
export class GzipError extends Error {
  readonly truncated: boolean
  constructor(truncated: boolean, cause: unknown) {
    super(truncated ? 'the gzip stream ends early' : 'the gzip stream is corrupt', { cause })
    this.truncated = truncated
  }
}

export async function isGzip(path: string): Promise<boolean> {
  const [first, second] = await firstBytes(path, 2)
  return first === 0x1f && second === 0x8b
}

/**
 * Unpacks on the thread pool, told by content and not by name.
 * @throws UserError `data/missing`, `data/unreadable`; GzipError
 */
export async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  const gunzip = (await isGzip(path)) ? createGunzip({ chunkSize: 1 << 18 }) : null
  const raw = createReadStream(path, { highWaterMark: 1 << 18 })
  if (gunzip) {
    raw.on('error', (error) => gunzip.destroy(error))
    raw.pipe(gunzip)
  }
  try {
    for await (const chunk of gunzip ?? raw) yield chunk as Buffer
  } catch (error) {
    const code = fileErrorCode(error)
    if (code?.startsWith('Z_')) throw new GzipError(code === 'Z_BUF_ERROR', error)
    refuseFileError(error, path)
  } finally {
    raw.destroy()
    gunzip?.destroy()
  }
}
