/**
 * The header of an NPY array: a magic string, a version, a length, and a Python dictionary as text.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { figure, refuse } from '../refuse.ts'

export interface NpyType {
  /** `u` and `i` integers, `f` floats, `b` booleans, `U` and `S` texts. */
  kind: 'u' | 'i' | 'f' | 'b' | 'U' | 'S'
  /** Bytes of an element. */
  bytes: number
  bigEndian: boolean
}

export interface NpyHeader {
  type: NpyType
  /** Whether the first axis runs fastest. */
  fortranOrder: boolean
  shape: number[]
  headerBytes: number
  dataBytes: number
}

/** All arrays of a set together are held in memory while their rows are put in order. */
export const mostArrayBytes = 1 << 30
/** A header says little; a longer one is no header. */
const mostHeaderBytes = 1 << 16
const widths: Record<NpyType['kind'], readonly number[] | null> = {
  u: [1, 2, 4, 8],
  i: [1, 2, 4, 8],
  f: [2, 4, 8],
  b: [1],
  U: null,
  S: null,
}

const copyAgain = 'Download or save the file again.'
const saveAgain = 'Save it again from NumPy as an array of numbers: np.save(path, array).'

/**
 * Null while more bytes are needed.
 * @param name how the array is called in a refusal
 * @throws UserError `data/npy-magic`, `data/npy-header`, `data/npy-pickle`, `data/npy-type`, `data/npy-empty`,
 *   `data/too-large`
 */
export function parseNpyHeader(bytes: Buffer, name: string): NpyHeader | null {
  const magic = '\x93NUMPY'
  const start = bytes.subarray(0, magic.length)
  if (start.toString('latin1') !== magic.slice(0, start.length))
    refuse(
      'npy-magic',
      `${name} is not an NPY array: it begins with ${JSON.stringify(start.toString('latin1'))}.`,
      copyAgain,
    )
  if (bytes.length < 12) return null
  const version = bytes[6]!
  if (version < 1 || version > 3)
    refuse('npy-header', `${name} is an NPY array of version ${version}; 1 to 3 are read.`, saveAgain)
  const [begin, length] = version === 1 ? [10, bytes.readUInt16LE(8)] : [12, bytes.readUInt32LE(8)]
  if (length > mostHeaderBytes)
    refuse(
      'npy-header',
      `${name} says that its header is ${figure(length)} bytes long; up to ${figure(mostHeaderBytes)} are read.`,
      copyAgain,
    )
  if (bytes.length < begin + length) return null
  const text = bytes.toString(version === 3 ? 'utf8' : 'latin1', begin, begin + length)
  const { descr, fortranOrder, shape } = dictionary(text, name)
  const type = typeOf(descr, name)
  if (shape.includes(0))
    refuse(
      'npy-empty',
      `${name} holds no element: its shape is ${shape.join(' x ')}.`,
      'Choose arrays with data.',
    )
  const dataBytes = shape.reduce((product, size) => product * size, type.bytes)
  if (dataBytes > mostArrayBytes)
    refuse(
      'too-large',
      `${name} says that it holds ${shape.map(figure).join(' x ')} elements of ${type.bytes} bytes; arrays are read up to ${figure(mostArrayBytes)} bytes.`,
      'Save it as uint8, or in parts.',
    )
  return { type, fortranOrder, shape, headerBytes: begin + length, dataBytes }
}

interface Dictionary {
  descr: string
  fortranOrder: boolean
  shape: number[]
}

/** Its three entries, in any order; nothing of it is evaluated. */
function dictionary(text: string, name: string): Dictionary {
  const descr = /'descr'\s*:\s*(?:'([^']{1,40})'|(\[))/.exec(text)
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)
  const shape = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(text)
  if (descr?.[2])
    refuse('npy-type', `${name} is an array of records with named fields, not of numbers.`, saveAgain)
  if (!descr || !order || !shape)
    refuse(
      'npy-header',
      `${name} has a header that cannot be read: ${JSON.stringify(text.trim().slice(0, 100))}.`,
      copyAgain,
    )
  const sizes = shape[1]!.split(',').map((size) => size.replace('L', '').trim())
  if (sizes.at(-1) === '') sizes.pop() // "(3,)", or "()"
  const numbers = sizes.map(Number)
  if (numbers.length > 32 || sizes.includes('') || !numbers.every(Number.isSafeInteger))
    refuse('npy-header', `${name} has the shape (${shape[1]!.slice(0, 100)}), which is none.`, copyAgain)
  return { descr: descr[1]!, fortranOrder: order[1] === 'True', shape: numbers }
}

function typeOf(descr: string, name: string): NpyType {
  const match = /^([<>|=]?)([a-zA-Z])(\d{0,9})$/.exec(descr)
  if (match?.[2] === 'O')
    refuse(
      'npy-pickle',
      `${name} is an array of pickled Python objects, which are never read: they may hold programs.`,
      'Save it again as an array of numbers, all of one shape: np.save(path, np.stack(images)).',
    )
  const kind = match?.[2] as NpyType['kind'] | undefined
  const size = Number(match?.[3])
  const allowed = kind && kind in widths ? (widths[kind] ?? (size > 0 && size <= 256 ? [size] : [])) : []
  if (!kind || !allowed.includes(size))
    refuse(
      'npy-type',
      `${name} has elements of type ${descr}; integers, floats up to 64 bits and booleans are read.`,
      saveAgain,
    )
  // A letter of NumPy's text takes four bytes.
  return { kind, bytes: kind === 'U' ? 4 * size : size, bigEndian: match![1] === '>' }
}
