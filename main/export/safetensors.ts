/**
 * The safetensors file format: eight bytes of header length, a JSON header, raw little-endian data.
 * Source: https://huggingface.co/docs/safetensors (format specification).
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { UserError } from '../common/errors.ts'

const dtypes = { float32: 'F32', float64: 'F64', int64: 'I64', uint8: 'U8' } as const
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
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const { name, dtype, shape, bytes } of arrays) {
    header[name] = { dtype: dtypes[dtype], shape, data_offsets: [offset, offset + bytes.byteLength] }
    offset += bytes.byteLength
  }
  const json = Buffer.from(JSON.stringify(header))
  // Data starts at a multiple of eight bytes; the format pads the header with spaces.
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ')
  json.copy(padded)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  writeWhole(path, [length, padded, ...arrays.map((array) => array.bytes)])
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
  shape: z.array(z.number().int().min(0)),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
})

/**
 * Reads a file back.
 * @throws UserError `safetensors/damaged` with what does not fit
 */
export function readSafetensors(path: string): { arrays: NamedArray[]; metadata: Record<string, string> } {
  const file = readFileSync(path)
  const damaged = (what: string): UserError =>
    new UserError({
      code: 'safetensors/damaged',
      what: `${path} is not a whole safetensors file: ${what}.`,
      mend: 'Choose another checkpoint.',
    })
  if (file.length < 8) throw damaged(`it has ${file.length} bytes`)
  const headerLength = Number(file.readBigUInt64LE(0))
  if (headerLength > file.length - 8)
    throw damaged(`its header claims ${headerLength} bytes of ${file.length}`)
  const data = file.subarray(8 + headerLength)
  let header: Record<string, unknown>
  try {
    header = JSON.parse(file.toString('utf8', 8, 8 + headerLength)) as Record<string, unknown>
  } catch {
    throw damaged('its header is not JSON')
  }
  const metadata = z.record(z.string(), z.string()).parse(header.__metadata__ ?? {})
  const arrays = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => {
      const entry = entrySchema.parse(value)
      const known = Object.entries(dtypes).find(([, code]) => code === entry.dtype)
      if (!known) throw damaged(`${name} has dtype ${entry.dtype}`)
      const [start, end] = entry.data_offsets
      if (end > data.length || start > end) throw damaged(`${name} ends at byte ${end} of ${data.length}`)
      return {
        name,
        dtype: known[0] as SafetensorsDtype,
        shape: entry.shape,
        bytes: data.subarray(start, end),
      }
    })
  return { arrays, metadata }
}
