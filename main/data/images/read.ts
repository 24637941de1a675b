/** Image files in memory, and why they are not. */
import { open, type FileHandle } from 'node:fs/promises'
import { figure, fileErrorCode } from '../refuse.ts'

/** Larger files are set aside: they would be held in memory whole. */
const mostFileBytes = 1 << 28

/** @throws Error the system's, or with a reason fit for a list of problems */
export async function readWhole(path: string): Promise<Buffer<ArrayBuffer>> {
  let file: FileHandle | null = null
  try {
    file = await open(path, 'r')
    const { size } = await file.stat()
    if (size > mostFileBytes)
      throw new Error(
        `${figure(Math.round(size / 1e6))} MB, more than the ${Math.round(mostFileBytes / 1e6)} MB that are read of an image`,
      )
    const bytes = Buffer.allocUnsafeSlow(size)
    let filled = 0
    while (filled < size) {
      const { bytesRead } = await file.read(bytes, filled, size - filled, filled)
      if (bytesRead === 0) break // became shorter while it was read
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  } finally {
    await file?.close()
  }
}

/** The first line of the message; the rest is the decoder's own bookkeeping. */
export function reasonOf(error: unknown): string {
  const code = fileErrorCode(error)
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a folder'
  if (code) return `cannot be read (${code})`
  const [line = ''] = (error instanceof Error ? error.message : String(error)).trim().split('\n')
  return line.slice(0, 200)
}
