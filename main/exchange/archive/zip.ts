/** Reading a zip archive that nobody vouches for: names, sizes and sums are checked before anything is believed. */
import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import yauzl from 'yauzl'
import { damaged, fileError, reasonOf } from '../refuse.ts'
import { UserError } from '../../common/errors.ts'

/** More than deflate makes of numbers or text; only what is made to burst packs tighter. */
const tightest = 300
const slack = 1 << 20
const mostEntries = 200_000
const linkMode = 0o120000

export interface Expected {
  bytes: number
  sha256: string
}

export class ZipArchive {
  readonly path: string
  readonly #zip: yauzl.ZipFile
  readonly #entries: ReadonlyMap<string, yauzl.Entry>

  private constructor(path: string, zip: yauzl.ZipFile, entries: ReadonlyMap<string, yauzl.Entry>) {
    this.path = path
    this.#zip = zip
    this.#entries = entries
  }

  /**
   * @param allowed whether an archive may hold a file of that name
   * @throws UserError `exchange/damaged`, `exchange/hostile`, `exchange/file`
   */
  static async open(path: string, allowed: (name: string) => boolean): Promise<ZipArchive> {
    const { size } = await stat(path).catch((error: unknown) => {
      throw fileError(path, error)
    })
    const zip = await yauzl
      .openPromise(path, { autoClose: false, strictFileNames: true })
      .catch((error: unknown) => {
        throw isFileError(error)
          ? fileError(path, error)
          : damaged(`${path} is not a whole archive: ${reasonOf(error)}`)
      })
    const entries = new Map<string, yauzl.Entry>()
    let unpacked = 0
    try {
      if (zip.entryCount > mostEntries) throw hostile(path, `it claims ${zip.entryCount} files`)
      for await (const entry of zip.eachEntry()) {
        const name = entry.fileName
        if (!allowed(name))
          throw hostile(path, `it holds “${printable(name)}”, which no archive of Tapedeck does`)
        if (entries.has(name)) throw hostile(path, `it holds “${name}” twice`)
        if (((entry.externalFileAttributes >>> 16) & 0o170000) === linkMode)
          throw hostile(path, `“${name}” is a link`)
        if (!entry.canDecodeFileData())
          throw hostile(path, `“${name}” is encrypted or packed in an unknown way`)
        if (entry.uncompressedSize > tightest * entry.compressedSize + slack)
          throw hostile(
            path,
            `“${name}” would grow from ${entry.compressedSize} to ${entry.uncompressedSize} bytes`,
          )
        unpacked += entry.uncompressedSize
        if (unpacked > tightest * size + slack)
          throw hostile(path, `its files would grow beyond ${unpacked} bytes`)
        entries.set(name, entry)
      }
    } catch (error) {
      zip.close()
      throw error instanceof UserError
        ? error
        : damaged(`The list of files in ${path} is damaged: ${reasonOf(error)}`, error)
    }
    return new ZipArchive(path, zip, entries)
  }

  get names(): string[] {
    return [...this.#entries.keys()]
  }

  /** A file whose sum nothing else tells: that of the zip archive is checked. */
  async whole(name: string, most: number): Promise<Buffer> {
    const entry = this.#entry(name)
    if (entry.uncompressedSize > most)
      throw hostile(this.path, `“${name}” has ${entry.uncompressedSize} bytes`)
    const parts: Buffer[] = []
    for await (const part of this.#stream(entry)) parts.push(part)
    const bytes = Buffer.concat(parts)
    if (crc32(bytes) !== entry.crc32)
      throw damaged(`“${name}” in ${this.path} is damaged: its sum is another`)
    return bytes
  }

  /**
   * The bytes of a file; ends with an error where they are not those expected, so nothing may be believed before the end.
   * @throws UserError `exchange/damaged`
   */
  async *read(name: string, { bytes, sha256 }: Expected): AsyncGenerator<Buffer> {
    const entry = this.#entry(name)
    if (entry.uncompressedSize !== bytes)
      throw damaged(
        `“${name}” in ${this.path} has ${entry.uncompressedSize} bytes where its list says ${bytes}`,
      )
    const hash = createHash('sha256')
    for await (const part of this.#stream(entry)) {
      hash.update(part)
      yield part
    }
    if (hash.digest('hex') !== sha256)
      throw damaged(`“${name}” in ${this.path} is damaged: its SHA-256 is another`)
  }

  /** Writes a file to disk, synced. A file that is there already is never written over. */
  async extract(name: string, expected: Expected, to: string, signal: AbortSignal): Promise<void> {
    try {
      const file = await open(to, 'wx')
      try {
        await file.writeFile(this.read(name, expected), { signal })
        await file.sync()
      } finally {
        await file.close()
      }
    } catch (error) {
      throw isFileError(error) ? fileError(to, error) : error
    }
  }

  close(): void {
    this.#zip.close()
  }

  #entry(name: string): yauzl.Entry {
    const entry = this.#entries.get(name)
    if (entry) return entry
    throw damaged(`“${name}” is missing in ${this.path}`)
  }

  async *#stream(entry: yauzl.Entry): AsyncGenerator<Buffer> {
    try {
      const stream = await this.#zip.openReadStreamPromise(entry)
      for await (const part of stream) yield part as Buffer
    } catch (error) {
      throw error instanceof UserError
        ? error
        : damaged(`“${entry.fileName}” in ${this.path} is damaged: ${reasonOf(error)}`, error)
    }
  }
}

const isFileError = (error: unknown): boolean => error instanceof Error && 'syscall' in error

const printable = (name: string): string => name.slice(0, 80).replace(/[^\x20-\x7e]/g, '?')

export const hostile = (path: string, what: string): UserError =>
  new UserError({
    code: 'exchange/hostile',
    what: `${path} is refused: ${what}.`,
    mend: 'Nothing was written. Import only archives that Tapedeck wrote.',
  })
