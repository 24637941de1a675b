/**
 * The wire form of protocol buffers: tags, varints and lengths; as much as event files need.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export interface Field {
  number: number
  /** 0 varint, 1 eight bytes, 2 a length and so many bytes, 5 four bytes. */
  type: 0 | 1 | 2 | 5
  /** The bytes of types 1, 2 and 5; empty for a varint. */
  bytes: Buffer
  /** Of a varint, as the signed 64 bits that int64 means. */
  varint: bigint
}

export class WireError extends Error {}

const none = Buffer.alloc(0)

/** @throws WireError where the bytes are no message */
export function* fieldsOf(message: Buffer): Generator<Field> {
  for (let at = 0; at < message.length;) {
    const [tag, afterTag] = varintAt(message, at)
    const number = Number(tag >> 3n)
    const type = Number(tag & 7n)
    at = afterTag
    if (number === 0) throw new WireError('a field without a number')
    if (type === 0) {
      const [value, end] = varintAt(message, at)
      at = end
      yield { number, type, bytes: none, varint: BigInt.asIntN(64, value) }
      continue
    }
    if (type !== 1 && type !== 2 && type !== 5) throw new WireError(`a field of wire type ${type}`)
    let length = type === 1 ? 8 : 4
    if (type === 2) {
      const [value, end] = varintAt(message, at)
      if (value > BigInt(message.length)) throw new WireError('a field longer than its message')
      length = Number(value)
      at = end
    }
    if (at + length > message.length) throw new WireError('a field longer than its message')
    yield { number, type, bytes: message.subarray(at, at + length), varint: 0n }
    at += length
  }
}

/** Varints packed one after another. */
export function* varintsOf(bytes: Buffer): Generator<bigint> {
  for (let at = 0; at < bytes.length;) {
    const [value, end] = varintAt(bytes, at)
    yield BigInt.asIntN(64, value)
    at = end
  }
}

function varintAt(bytes: Buffer, start: number): [value: bigint, end: number] {
  // Nearly all fit in 28 bits: no big numbers for those.
  let low = 0
  for (let i = 0; i < 4; i++) {
    const byte = bytes[start + i]
    if (byte === undefined) throw new WireError('a number that is cut off')
    low |= (byte & 127) << (7 * i)
    if (byte < 128) return [BigInt(low), start + i + 1]
  }
  let value = BigInt(low)
  for (let i = 4; i < 10; i++) {
    const byte = bytes[start + i]
    if (byte === undefined) throw new WireError('a number that is cut off')
    value |= BigInt(byte & 127) << BigInt(7 * i)
    if (byte < 128) return [value, start + i + 1]
  }
  throw new WireError('a number of more than ten bytes')
}
