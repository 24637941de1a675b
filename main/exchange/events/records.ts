/**
 * Records of a TFRecord file: length (uint64), its masked CRC-32C, the data, its masked CRC-32C.
 * Source: https://www.tensorflow.org/tutorials/load_data/tfrecord (TFRecords format details).
 */
import { open } from 'node:fs/promises'
import { maskedCrc32c } from './crc32c.ts'

/** How a file ended. `cut`: inside its last record, as that of a program that still writes does. */
export type RecordsEnd = 'whole' | 'cut' | 'compressed' | { damaged: string }

const head = 12
const foot = 4
/** Bytes of a record that are not its data. */
export const framing = head + foot
/** Longer than any scalar; records of images may reach it. */
const longest = 1 << 30
const block = 1 << 20

/**
 * Whole records in order, those of about a megabyte of file at a time. What is damaged ends the reading, not the import.
 * @param onRead how many bytes of the file were read so far
 * @param from where a record begins
 */
export async function* readRecords(
  path: string,
  onRead: (bytes: number) => void,
  from = 0,
): AsyncGenerator<Buffer[], RecordsEnd> {
  const file = await open(path, 'r')
  let held: Buffer = Buffer.alloc(0)
  let offset = from
  let count = 0
  try {
    for (;;) {
      // What is asked for next: the rest of a record whose length is known, and never less than a block.
      const wanted = held.length >= head ? lengthAt(held, 0) + head + foot : head
      const size = Math.max(block, wanted - held.length)
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(size), 0, size, offset + held.length)
      if (bytesRead === 0) return held.length === 0 ? 'whole' : 'cut'
      const more = buffer.subarray(0, bytesRead)
      held = held.length === 0 ? more : Buffer.concat([held, more])
      const { records, end, damage } = wholeRecords(held)
      count += records.length
      yield records
      if (damage !== null && offset + end === 0 && isCompressed(held)) return 'compressed'
      if (damage !== null) return { damaged: `record ${count + 1}, at byte ${offset + end}, ${damage}` }
      held = held.subarray(end)
      offset += end
      onRead(offset + held.length)
    }
  } finally {
    await file.close()
  }
}

/** By gzip or zlib, as TFRecordOptions can; TensorBoard reads no such file either. */
const isCompressed = (bytes: Buffer): boolean =>
  bytes.readUInt16BE(0) === 0x1f8b || (bytes[0] === 0x78 && bytes.readUInt16BE(0) % 31 === 0)

const lengthAt = (bytes: Buffer, at: number): number =>
  bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32

/** The records that are whole in some bytes, where they end, and what is wrong with the one after them, if anything. */
function wholeRecords(bytes: Buffer): { records: Buffer[]; end: number; damage: string | null } {
  const records: Buffer[] = []
  let at = 0
  for (; bytes.length - at >= head;) {
    if (bytes.readUInt32LE(at + 8) !== maskedCrc32c(bytes, at, at + 8))
      return { records, end: at, damage: 'has a wrong sum' }
    const length = lengthAt(bytes, at)
    if (length > longest) return { records, end: at, damage: `claims ${length} bytes` }
    const start = at + head
    const stop = start + length
    if (stop + foot > bytes.length) break
    if (bytes.readUInt32LE(stop) !== maskedCrc32c(bytes, start, stop))
      return { records, end: at, damage: 'has a wrong sum' }
    records.push(bytes.subarray(start, stop))
    at = stop + foot
  }
  return { records, end: at, damage: null }
}
