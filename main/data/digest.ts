/** Content hashes: the identity of a data set and the side of the split that an item falls on. */
import { createHash, hash, webcrypto } from 'node:crypto'

const inlineAtMost = 1 << 19 // bytes hashed on this thread (about 1 ms); more goes to the thread pool

/** SHA-256 of an item. */
export async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Buffer> {
  if (bytes.length <= inlineAtMost) return hash('sha256', bytes, 'buffer')
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes))
}

/** SHA-256 of a short item. */
export function digestNow(item: string | Uint8Array): Buffer {
  return hash('sha256', item, 'buffer')
}

/** The first 48 bits as a number in [0, 1): exact in a double, uniform over contents. */
export function position(itemDigest: Buffer): number {
  return itemDigest.readUIntBE(0, 6) / 2 ** 48
}

/** The first 64 bits, by which samples are told apart after the import: no two of a million share them by chance. */
export function shortDigest(itemDigest: Buffer): bigint {
  return itemDigest.readBigUInt64LE(0)
}

/** What a row is placed and recognised by. */
export function identity(itemDigest: Buffer): { position: number; digest: bigint } {
  return { position: position(itemDigest), digest: shortDigest(itemDigest) }
}

/** Collects the parts of a data set's fingerprint. Parts are length-prefixed, so they cannot run together. */
export class Fingerprint {
  readonly #hash = createHash('sha256')

  add(part: string | Uint8Array): this {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part
    this.#hash.update(`${bytes.length}:`)
    this.#hash.update(bytes)
    return this
  }

  hex(): string {
    return this.#hash.digest('hex')
  }
}
