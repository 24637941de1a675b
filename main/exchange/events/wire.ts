/**
 * The wire form of protocol buffers: tags, varints and lengths; as much as event files need.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export class WireError extends Error {}

/** Walks the fields of a message in place: an event file has millions, and none of them is copied. */
export class Fields {
  /** Of the field that `next` came to. */
  number = 0
  /** 0 varint, 1 eight bytes, 2 a length and so many bytes, 5 four bytes. */
  type = 0
  /** Of a varint, as the signed 64 bits that int64 means; beyond 2^53 the nearest number. */
  varint = 0
  /** Where the bytes of the field begin and end; of types 1, 2 and 5. */
  start = 0
  stop = 0
  readonly bytes: Buffer
  #at: number
  readonly #end: number

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes
    this.#at = start
    this.#end = end
  }

  /** @returns false after the last field. @throws WireError where the bytes are no message */
  next(): boolean {
    if (this.#at >= this.#end) return false
    const tag = this.#varint()
    this.number = Math.floor(tag / 8)
    this.type = tag & 7
    if (tag < 8) throw new WireError('a field without a number')
    if (this.type === 0) {
      this.varint = this.#varint()
      return true
    }
    const length = this.#length()
    this.start = this.#at
    this.stop = this.#at + length
    if (length < 0 || this.stop > this.#end) throw new WireError('a field longer than its message')
    this.#at = this.stop
    return true
  }

  /** The message that the field is. */
  inner(): Fields {
    return new Fields(this.bytes, this.start, this.stop)
  }

  content(): Buffer {
    return this.bytes.subarray(this.start, this.stop)
  }

  text(): string {
    return this.bytes.toString('utf8', this.start, this.stop)
  }

  /** Of a float or a double. */
  float(): number {
    if (this.type === 1) return this.bytes.readDoubleLE(this.start)
    return this.type === 5 ? this.bytes.readFloatLE(this.start) : NaN
  }

  /** The first of varints that are packed one after another; null where there is none. */
  packedVarint(): number | null {
    return this.start === this.stop ? null : new Fields(this.bytes, this.start, this.stop).#varint()
  }

  #length(): number {
    if (this.type === 2) return this.#varint()
    if (this.type === 1) return 8
    if (this.type === 5) return 4
    throw new WireError(`a field of wire type ${this.type}`)
  }

  #varint(): number {
    // Nearly all fit in 28 bits.
    let low = 0
    for (let i = 0; i < 4; i++) {
      const byte = this.#byte()
      low |= (byte & 127) << (7 * i)
      if (byte < 128) return low
    }
    let value = BigInt(low)
    for (let i = 4; i < 10; i++) {
      const byte = this.#byte()
      value |= BigInt(byte & 127) << BigInt(7 * i)
      if (byte < 128) return Number(BigInt.asIntN(64, value))
    }
    throw new WireError('a number of more than ten bytes')
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new WireError('a number that is cut off')
    return this.bytes[this.#at++]!
  }
}
