/** Damages bytes the way disks, editors and other programs do. Pure: the stream decides. */

/** Whole numbers in [0, 2^32). */
export type Next = () => number

const below = (next: Next, limit: number): number => Math.floor((next() / 2 ** 32) * limit)

/** Bytes that mean something to one reader or another. */
const telling = ['\0', '"', '\n', '\r', '\t', ',', '{', '}', '[', ']', '\\', '\xff', '\x80', '-', '9', 'e']

type Mutation = (bytes: Buffer, next: Next) => Buffer

/** A place in a file, more often near its beginning, where headers are. */
function place(bytes: Buffer, next: Next): number {
  const reach = next() % 3 === 0 ? Math.min(64, bytes.length) : bytes.length
  return below(next, reach)
}

const spliced = (bytes: Buffer, at: number, removed: number, added: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(Math.min(bytes.length, at + removed))])

const mutations: readonly Mutation[] = [
  function flipBit(bytes, next) {
    const changed = Buffer.from(bytes)
    if (changed.length > 0) changed[place(bytes, next)]! ^= 1 << (next() % 8)
    return changed
  },
  function setByte(bytes, next) {
    const changed = Buffer.from(bytes)
    if (changed.length > 0) changed[place(bytes, next)] = [0, 1, 0x7f, 0x80, 0xff, next() & 255][next() % 6]!
    return changed
  },
  function setWord(bytes, next) {
    const changed = Buffer.from(bytes)
    if (changed.length >= 4)
      changed.writeUInt32LE(
        [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, next()][next() % 6]!,
        Math.min(changed.length - 4, place(bytes, next)),
      )
    return changed
  },
  function cutEnd(bytes, next) {
    return bytes.subarray(0, below(next, bytes.length + 1))
  },
  function removeMiddle(bytes, next) {
    return spliced(bytes, place(bytes, next), 1 + below(next, 64), Buffer.alloc(0))
  },
  function insertTelling(bytes, next) {
    const added = Buffer.from(telling[next() % telling.length]!.repeat(1 + (next() % 3)), 'latin1')
    return spliced(bytes, place(bytes, next), 0, added)
  },
  function insertNoise(bytes, next) {
    const added = Buffer.from(Array.from({ length: 1 + below(next, 32) }, () => next() & 255))
    return spliced(bytes, place(bytes, next), 0, added)
  },
  function repeatPart(bytes, next) {
    const from = place(bytes, next)
    const part = bytes.subarray(from, from + 1 + below(next, 200))
    return spliced(bytes, from, 0, Buffer.concat(Array.from({ length: 1 + (next() % 8) }, () => part)))
  },
  function empty() {
    return Buffer.alloc(0)
  },
]

/** One damage half of the time, else two to four; the last (an empty file) seldom. */
export function mutate(bytes: Buffer, next: Next): Buffer {
  let changed = bytes
  for (let times = [1, 1, 1, 2, 3, 4][next() % 6]!; times > 0; times -= 1) {
    const usual = next() % 40 === 0 ? mutations.length : mutations.length - 1
    changed = mutations[next() % usual]!(changed, next)
  }
  return changed
}
