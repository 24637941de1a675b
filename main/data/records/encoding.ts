/** What characters the bytes of a text file stand for. */
import { isUtf8 } from 'node:buffer'
import { basename } from 'node:path'
import { bytesOf, GzipError } from '../bytes.ts'
import { refuse } from '../refuse.ts'
import { share } from '../text/share.ts'

export interface Encoding {
  name: 'UTF-8' | 'UTF-16LE' | 'UTF-16BE'
  /** A sentence where it is not the plain case. */
  reason: string | null
}

const lookedAt = 1 << 16
/** More of the lines than this, and the whole file is in another encoding. */
const mostBad = 0.05

/**
 * Looks at the beginning of a text, unpacked where it is gzip.
 * @throws UserError `data/encoding` for a binary file and for one that is mostly not UTF-8, `data/gzip`
 */
export async function encodingOf(path: string): Promise<Encoding> {
  const start = await beginning(path, lookedAt)
  const name = basename(path)
  const [first, second] = start
  if (first === 0xff && second === 0xfe) return utf16('UTF-16LE', name)
  if (first === 0xfe && second === 0xff) return utf16('UTF-16BE', name)
  refuseBinary(start, name)
  refuseOtherEncoding(start, name)
  return { name: 'UTF-8', reason: null }
}

const utf16 = (name: Encoding['name'], file: string): Encoding => ({
  name,
  reason: `${file} is ${name} and is read as such.`,
})

function refuseBinary(start: Buffer, name: string): void {
  let zeros = 0
  for (let at = start.indexOf(0); at >= 0; at = start.indexOf(0, at + 1)) zeros += 1
  // One stray zero byte spoils its row; many are no text.
  if (zeros * 100 <= start.length || (zeros <= 2 && start.includes(10))) return
  const even = start.filter((byte, at) => byte === 0 && at % 2 === 0).length
  if (zeros > start.length / 4 && (even === 0 || even === zeros))
    refuse(
      'encoding',
      `${name} looks like UTF-16 without a byte order mark: every other byte is zero.`,
      'Save it as UTF-8 in the program it came from.',
    )
  refuse(
    'encoding',
    `${name} is not a text: it has a zero byte at ${start.indexOf(0)}.`,
    'Choose a UTF-8 text file.',
  )
}

function refuseOtherEncoding(start: Buffer, name: string): void {
  if (isUtf8(start)) return
  let lines = 0
  let bad = 0
  for (let from = 0; from < start.length;) {
    const end = start.indexOf(10, from)
    // The last line may be cut inside a character.
    if (end < 0 && start.length === lookedAt) break
    lines += 1
    if (!isUtf8(start.subarray(from, end < 0 ? start.length : end))) bad += 1
    from = end < 0 ? start.length : end + 1
  }
  refuseMostlyOther(bad, lines, name, start)
}

/** Whether too many rows are not UTF-8 for setting them aside. @throws UserError `data/encoding` */
export function refuseMostlyOther(bad: number, of: number, name: string, bytes?: Buffer): void {
  if (bad < 5 || bad <= mostBad * of) return
  const likely = bytes ? likelyEncoding(bytes) : 'Windows-1252 (Latin-1)'
  refuse(
    'encoding',
    `${name} is not UTF-8: ${share(bad, of)} of the ${of.toLocaleString('en-US')} rows looked at have bytes that no UTF-8 text has. It is probably ${likely}.`,
    'Save it as UTF-8 in the program it came from, or convert it: iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW (with the name of its encoding).',
  )
}

/** By the bytes above 127: East Asian encodings have runs of them, western ones single letters among others. */
function likelyEncoding(bytes: Buffer): string {
  let alone = 0
  let paired = 0
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at]! < 0x80) continue
    if (bytes[at + 1]! >= 0x80) {
      paired += 2
      at += 1
    } else alone += 1
  }
  return paired > 2 * alone ? 'GB18030, Shift JIS or another multi-byte encoding' : 'Windows-1252 (Latin-1)'
}

async function beginning(path: string, most: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of unpacked(path)) {
    parts.push(part)
    length += part.length
    if (length >= most) break
  }
  return Buffer.concat(parts).subarray(0, most)
}

/** `bytesOf` with a refusal in place of its error. @throws UserError `data/gzip` */
async function* unpacked(path: string): AsyncGenerator<Buffer> {
  try {
    yield* bytesOf(path)
  } catch (error) {
    if (!(error instanceof GzipError)) throw error
    refuse('gzip', `${basename(path)} cannot be unpacked: ${error.message}.`, 'Fetch the file again.', error)
  }
}

/**
 * The text as UTF-8 bytes, without byte order mark, in chunks of at most 64 kB: no consumer holds the thread long.
 * @param most bytes of the file's own encoding, unpacked
 * @throws UserError `data/gzip`, `data/unreadable`
 */
export async function* utf8Of(path: string, encoding: Encoding, most = Infinity): AsyncGenerator<Buffer> {
  let left = most
  let first = true
  const decode = encoding.name === 'UTF-8' ? null : utf16Decoder(encoding.name)
  for await (const whole of unpacked(path)) {
    for (let from = 0; from < whole.length && left > 0; from += 1 << 16) {
      const raw = whole.subarray(from, Math.min(whole.length, from + Math.min(left, 1 << 16)))
      left -= raw.length
      const part = decode ? decode(raw) : raw
      const marked = first && part[0] === 0xef && part[1] === 0xbb && part[2] === 0xbf
      first = false
      yield marked ? part.subarray(3) : part
    }
    if (left <= 0) return
  }
  if (decode) yield decode(null)
}

/** Decodes piece by piece; null for the end. */
function utf16Decoder(name: Encoding['name']): (part: Buffer | null) => Buffer {
  const decoder = new TextDecoder('utf-16le')
  let odd: Buffer = Buffer.alloc(0)
  return (part) => {
    if (!part) return Buffer.from(decoder.decode())
    const all = Buffer.concat([odd, part])
    const even = all.subarray(0, all.length & ~1)
    odd = all.subarray(even.length)
    if (name === 'UTF-16BE') even.swap16()
    return Buffer.from(decoder.decode(even, { stream: true }))
  }
}
