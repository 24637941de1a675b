/**
 * The safetensors file format: eight bytes of header length, a JSON header, raw little-endian data.
 * Source: https://huggingface.co/docs/safetensors (format specification).
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { UserError } from '../common/errors.ts'

const dtypes = {
  float32: 'F32',
  float64: 'F64',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
} as const
export type SafetensorsDtype = keyof typeof dtypes

export interface NamedArray {
  name: string
  dtype: SafetensorsDtype
  shape: readonly number[]
  /** Row-major, little endian. */
  bytes: Uint8Array
}

/**
 * Writes a file that is either whole or not there: into a temporary name, synced, then renamed.
 * @param metadata string pairs kept in the header under `__metadata__`
 */
export function writeSafetensors(
  path: string,
  arrays: readonly NamedArray[],
  metadata: Readonly<Record<string, string>>,
): void {
  const places = arrays.map(({ name, dtype, shape, bytes }) => ({
    name,
    dtype,
    shape,
    size: bytes.byteLength,
  }))
  writeWhole(path, [...headerBytes(places, metadata), ...arrays.map((array) => array.bytes)])
}

/** The beginning of a file whose arrays lie one after another. */
export function headerBytes(
  arrays: readonly (Omit<NamedArray, 'bytes'> & { size: number })[],
  metadata: Readonly<Record<string, string>>,
): [length: Buffer, header: Buffer] {
  let offset = 0
  const entries = arrays.map(({ name, dtype, shape, size }) => {
    const from = offset
    offset += size
    return [name, { dtype: dtypes[dtype], shape, data_offsets: [from, offset] }] as const
  })
  const header = Object.fromEntries([['__metadata__', metadata] as const, ...entries])
  const json = Buffer.from(JSON.stringify(header))
  // Data starts at a multiple of eight bytes; the format pads the header with spaces.
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ')
  json.copy(padded)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  return [length, padded]
}

/** Writes the parts to `path` through a temporary file beside it, synced to disk before it takes the name. */
export function writeWhole(path: string, parts: readonly Uint8Array[]): void {
  const temporary = `${path}.${process.pid}.tmp`
  const file = openSync(temporary, 'w')
  try {
    for (const part of parts) for (let at = 0; at < part.byteLength;) at += writeSync(file, part, at)
    fsyncSync(file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
  if (process.platform !== 'win32') {
    const folder = openSync(dirname(path), 'r')
    fsyncSync(folder)
    closeSync(folder)
  }
}

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().min(0)).max(64),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
})

/** Longer headers are refused, as by the format's own library. */
const longestHeader = 100_000_000
export const elementBytes = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
} as const

/** Where an array lies in the data behind the header. */
export interface Place extends Omit<NamedArray, 'bytes'> {
  begin: number
  end: number
}

export interface Header {
  places: readonly Place[]
  metadata: Record<string, string>
  /** Byte of the file that the data begins at. */
  dataStart: number
}

const damagedFile = (path: string, what: string): UserError =>
  new UserError({
    code: 'safetensors/damaged',
    what: `${path} is not a whole safetensors file: ${what}.`,
    mend: 'Choose another file; one that was cut off or changed cannot be mended.',
  })

/**
 * How long the header is, from the file's first eight bytes.
 * @throws UserError `safetensors/damaged`
 */
function headerLengthOf(path: string, start: Buffer, fileLength: number): number {
  if (start.length < 8) throw damagedFile(path, `it has ${start.length} bytes`)
  const length = start.readBigUInt64LE(0)
  if (length > BigInt(fileLength - 8))
    throw damagedFile(path, `its header claims ${length} bytes of ${fileLength}`)
  if (length > BigInt(longestHeader))
    throw damagedFile(path, `its header has ${length} bytes, and ${longestHeader} are allowed`)
  return Number(length)
}

/** @throws UserError `safetensors/damaged` with what does not fit */
function parseHeader(path: string, json: Buffer, dataLength: number): Omit<Header, 'dataStart'> {
  const text = json.toString('utf8')
  const header = objectIn(text)
  if (!header) throw damagedFile(path, 'its header is not a JSON object')
  const metadata = z.record(z.string(), z.string()).safeParse(header.get('__metadata__') ?? {})
  if (!metadata.success) throw damagedFile(path, 'its metadata is not made of texts')
  header.delete('__metadata__')
  const places = [...header].map(([name, value]) => placeIn(path, name, value, dataLength))
  const twice = repeated(namesIn(text))
  if (twice !== null) throw damagedFile(path, `${twice.slice(0, 100)} is in its header twice`)
  const inOrder = places.filter(({ begin, end }) => end > begin).sort((a, b) => a.begin - b.begin)
  const overlapping = inOrder.find(({ begin }, i) => begin < (inOrder[i - 1]?.end ?? 0))
  if (overlapping)
    throw damagedFile(path, `${overlapping.name.slice(0, 100)} begins within the array before it`)
  return { places, metadata: metadata.data }
}

/** Names of the outermost object of valid JSON, which a parser gives once each, however often they are there. */
function namesIn(json: string): string[] {
  const names: string[] = []
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const sign = json[at]
    if (sign === '{' || sign === '[') depth++
    else if (sign === '}' || sign === ']') depth--
    else if (sign === '"') {
      const from = at
      while (json[++at] !== '"') if (json[at] === '\\') at++
      // Values there are objects: a string is a name.
      if (depth === 1) names.push(JSON.parse(json.slice(from, at + 1)) as string)
    }
  }
  return names
}

function repeated(names: readonly string[]): string | null {
  const seen = new Set<string>()
  return names.find((name) => seen.size === seen.add(name).size) ?? null
}

function objectIn(text: string): Map<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)
      ? new Map(Object.entries(parsed))
      : null
  } catch {
    return null
  }
}

function placeIn(path: string, name: string, value: unknown, dataLength: number): Place {
  const shown = name.slice(0, 100)
  const parsed = entrySchema.safeParse(value)
  if (!parsed.success) throw damagedFile(path, `${shown} has no dtype, shape and place`)
  const { dtype: code, shape, data_offsets } = parsed.data
  const dtype = (Object.keys(dtypes) as SafetensorsDtype[]).find((one) => dtypes[one] === code)
  if (!dtype)
    throw damagedFile(
      path,
      `${shown} has dtype ${code.slice(0, 20)}, and this reads ${Object.values(dtypes).join(', ')}`,
    )
  const [begin, end] = data_offsets
  if (end > dataLength || begin > end)
    throw damagedFile(path, `${shown} ends at byte ${end} of ${dataLength}`)
  const wanted = shape.reduce((product, size) => product * size, elementBytes[dtype] as number)
  if (wanted !== end - begin)
    throw damagedFile(
      path,
      `${shown} of ${shape.join(' x ') || 'one value'} has ${end - begin} bytes, and needs ${wanted}`,
    )
  return { name, dtype, shape, begin, end }
}

/**
 * Reads a file back.
 * @throws UserError `safetensors/damaged` with what does not fit
 */
export function readSafetensors(path: string): { arrays: NamedArray[]; metadata: Record<string, string> } {
  const file = readFileSync(path)
  const dataStart = 8 + headerLengthOf(path, file, file.length)
  const data = file.subarray(dataStart)
  const { places, metadata } = parseHeader(path, file.subarray(8, dataStart), data.length)
  const arrays = places.map(({ name, dtype, shape, begin, end }) => ({
    name,
    dtype,
    shape,
    bytes: data.subarray(begin, end),
  }))
  return { arrays, metadata }
}

/**
 * What is in a file, without its data.
 * @throws UserError `safetensors/damaged`, and the system's error where it cannot be opened
 */
export async function readSafetensorsHeader(path: string): Promise<Header> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const start = await file.read(Buffer.alloc(8), 0, 8, 0)
    const length = headerLengthOf(path, start.buffer.subarray(0, start.bytesRead), size)
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, 8)
    return { ...parseHeader(path, buffer, size - 8 - length), dataStart: 8 + length }
  } finally {
    await file.close()
  }
}
