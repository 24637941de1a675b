/** An NPY array in memory, and its elements. */
import { count, figure, refuse } from '../refuse.ts'
import { mostArrayBytes, parseNpyHeader } from './header.ts'
import type { NpyHeader } from './header.ts'

export interface NpyArray extends NpyHeader {
  /** How it is called in a refusal. */
  name: string
  data: Buffer
}

const copyAgain = 'Download or save the file again.'

/** Collects an array from chunks; takes no more than its header says. */
export class NpyCollector {
  readonly #name: string
  readonly #budget: { left: number }
  #header: NpyHeader | null = null
  #start = Buffer.alloc(0)
  #data: Buffer = Buffer.alloc(0)
  #filled = 0

  /** @param budget bytes that the arrays of a set may take together */
  constructor(name: string, budget: { left: number }) {
    this.#name = name
    this.#budget = budget
  }

  /** @throws UserError the header's refusals, `data/too-large`, `data/npy-length` */
  add(chunk: Uint8Array): void {
    if (this.#header) {
      this.#fill(chunk)
      return
    }
    this.#start = Buffer.concat([this.#start, chunk])
    this.#header = parseNpyHeader(this.#start, this.#name)
    if (!this.#header) return
    this.#budget.left -= this.#header.dataBytes
    if (this.#budget.left < 0)
      refuse(
        'too-large',
        `The arrays up to ${this.#name} take more than ${figure(mostArrayBytes)} bytes together.`,
        'Save them as uint8, or in parts.',
      )
    this.#data = Buffer.allocUnsafe(this.#header.dataBytes)
    this.#fill(this.#start.subarray(this.#header.headerBytes))
    this.#start = Buffer.alloc(0)
  }

  #fill(chunk: Uint8Array): void {
    const { shape, dataBytes } = this.#header!
    if (this.#filled + chunk.length > dataBytes)
      refuse(
        'npy-length',
        `${this.#name} is longer than its header says: ${shape.join(' x ')} elements need ${count(dataBytes, 'byte')}, found at least ${figure(this.#filled + chunk.length)}.`,
        copyAgain,
      )
    this.#data.set(chunk, this.#filled)
    this.#filled += chunk.length
  }

  /** @throws UserError `data/npy-truncated` */
  finish(): NpyArray {
    if (!this.#header)
      refuse(
        'npy-truncated',
        `${this.#name} ends inside its header, after ${count(this.#start.length, 'byte')}.`,
        copyAgain,
      )
    const { shape, dataBytes } = this.#header
    if (this.#filled < dataBytes)
      refuse(
        'npy-truncated',
        `${this.#name} is truncated: ${shape.join(' x ')} elements need ${count(dataBytes, 'byte')}, found ${figure(this.#filled)}.`,
        copyAgain,
      )
    return { ...this.#header, name: this.#name, data: this.#data }
  }
}

/** Reads an element of a numeric array by its number in memory. */
export function numberReader({ data, type }: NpyArray): (element: number) => number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const little = !type.bigEndian
  switch (`${type.kind}${type.bytes}`) {
    case 'u1':
      return (at) => data[at]!
    case 'b1':
      return (at) => (data[at] === 0 ? 0 : 1)
    case 'i1':
      return (at) => view.getInt8(at)
    case 'u2':
      return (at) => view.getUint16(2 * at, little)
    case 'i2':
      return (at) => view.getInt16(2 * at, little)
    case 'u4':
      return (at) => view.getUint32(4 * at, little)
    case 'i4':
      return (at) => view.getInt32(4 * at, little)
    case 'u8':
      return (at) => Number(view.getBigUint64(8 * at, little))
    case 'i8':
      return (at) => Number(view.getBigInt64(8 * at, little))
    case 'f2':
      return (at) => half(view.getUint16(2 * at, little))
    case 'f4':
      return (at) => view.getFloat32(4 * at, little)
    case 'f8':
      return (at) => view.getFloat64(8 * at, little)
    default:
      throw new Error(`[npy] ${type.kind}${type.bytes} is no number`)
  }
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/** The text of an element of a text array: UTF-32 of fixed length, or bytes, padded with zeros. */
export function textAt({ data, type }: NpyArray, element: number): string {
  const bytes = data.subarray(element * type.bytes, (element + 1) * type.bytes)
  if (type.kind === 'S') return bytes.toString('utf8').replace(/\0+$/, '')
  let text = ''
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = type.bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)
    if (code === 0) break
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  }
  return text
}

/** How far apart in memory neighbours along each axis are, in elements. */
export function stridesOf({ shape, fortranOrder }: NpyArray): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  const axes = shape.map((_, axis) => axis)
  for (const axis of fortranOrder ? axes : axes.reverse()) {
    strides[axis] = stride
    stride *= shape[axis]!
  }
  return strides
}
