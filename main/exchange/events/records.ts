/**
 * Records of a TFRecord file: length (uint64), its masked CRC-32C, the data, its masked CRC-32C.
 * Source: https://www.tensorflow.org/tutorials/load_data/tfrecord (TFRecords format details).
 */
import { open } from 'node:fs/promises'
import { maskedCrc32c } from './crc32c.ts'

/** How a file ended. `cut`: inside its last record, as that of a program that still writes does. */
export type RecordsEnd = 'whole' | 'cut' | { damaged: string }

const head = 12
const foot = 4
/** Longer than any scalar; records of images may reach it. */
const longest = 1 << 30
const block = 1 << 20

/**
 * Whole records in order, some megabytes of file at a time. What is damaged ends the reading, not the import.
 * @param onRead how many bytes of the file were read so far
 */
export async function* readRecords(
  path: string,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer, RecordsEnd> {
  const file = await open(path, 'r')
  let held: Buffer = Buffer.alloc(0)
  let offset = 0
  let count = 0
  try {
    for (;;) {
      // What is asked for next: the rest of a record whose length is known, and never less than a block.
      const wanted =
        held.length >= head ? Math.min(longest, Number(held.readBigUInt64LE(0))) + head + foot : head
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(Math.max(block, wanted - held.length)))
      if (bytesRead === 0) return held.length === 0 ? 'whole' : 'cut'
      held =
        held.length === 0
          ? buffer.subarray(0, bytesRead)
          : Buffer.concat([held, buffer.subarray(0, bytesRead)])
      let at = 0
      while (held.length - at >= head) {
        if (held.readUInt32LE(at + 8) !== maskedCrc32c(held.subarray(at, at + 8)))
          return { damaged: `record ${count + 1}, at byte ${offset + at}, has a wrong sum` }
        const length = Number(held.readBigUInt64LE(at))
        if (length > longest) return { damaged: `record ${count + 1} claims ${length} bytes` }
        if (held.length - at < head + length + foot) break
        const data = held.subarray(at + head, at + head + length)
        if (held.readUInt32LE(at + head + length) !== maskedCrc32c(data))
          return { damaged: `record ${count + 1}, at byte ${offset + at}, has a wrong sum` }
        count += 1
        yield data
        at += head + length + foot
      }
      held = held.subarray(at)
      offset += at
      onRead(offset + held.length)
    }
  } finally {
    await file.close()
  }
}
