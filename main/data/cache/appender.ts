import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { refuseFileError } from '../refuse.ts'

const chunkBytes = 1 << 20

/** Appends to a new file through one buffer, so that a row costs a copy and not a system call. */
export class Appender {
  readonly path: string
  /** Bytes appended so far. */
  length = 0
  readonly #file: FileHandle
  readonly #buffer = Buffer.allocUnsafe(chunkBytes)
  #filled = 0
  #closed = false

  private constructor(path: string, file: FileHandle) {
    this.path = path
    this.#file = file
  }

  /** @throws UserError when the file cannot be made */
  static async create(path: string): Promise<Appender> {
    return new Appender(path, await open(path, 'wx').catch((error: unknown) => refuseFileError(error, path)))
  }

  /** @throws UserError `data/disk-full` */
  async append(bytes: Uint8Array): Promise<void> {
    this.length += bytes.length
    let from = 0
    while (from < bytes.length) {
      const part = bytes.subarray(from, from + chunkBytes - this.#filled)
      this.#buffer.set(part, this.#filled)
      this.#filled += part.length
      from += part.length
      if (this.#filled === chunkBytes) await this.#flush()
    }
  }

  /** Writes what is left and waits until it is on the disk. */
  async finish(): Promise<void> {
    await this.#flush()
    await this.#file.sync().catch((error: unknown) => refuseFileError(error, this.path))
    await this.close()
  }

  /** Closes the file as it is; nothing happens when it is closed already. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#file.close()
  }

  async #flush(): Promise<void> {
    let from = 0
    try {
      while (from < this.#filled)
        from += (await this.#file.write(this.#buffer, from, this.#filled - from)).bytesWritten
    } catch (error) {
      refuseFileError(error, this.path)
    }
    this.#filled = 0
  }
}
