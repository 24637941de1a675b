import { open } from 'node:fs/promises'
import { isGzip } from '../bytes.ts'
import { look } from '../files.ts'
import { sampleRows } from './format.ts'
import type { Limits, RecordRow, Records } from './format.ts'

/**
 * The first usable rows, and how many there are altogether: counted where the file ends within them, otherwise
 * projected from their size.
 */
export async function projected(
  path: string,
  rows: () => AsyncGenerator<RecordRow>,
  { bytes }: Pick<Limits, 'bytes'>,
): Promise<Pick<Records, 'sample' | 'approximateRows' | 'exact'>> {
  const sample: (string | null)[][] = []
  let seen = 0
  let characters = 0
  let ended = true
  for await (const { cells, problem } of rows()) {
    if (seen === sampleRows) {
      ended = false
      break
    }
    seen += 1
    for (const cell of cells) characters += (cell?.length ?? 0) + 1
    if (problem === null) sample.push(cells)
  }
  const size = await unpackedSize(path)
  if (ended && bytes >= size) return { sample, approximateRows: seen, exact: true }
  return { sample, approximateRows: Math.round((seen * size) / Math.max(1, characters)), exact: false }
}

/** Bytes of a text. A gzip file says its unpacked size, modulo 4 GB, in its last four bytes. */
export async function unpackedSize(path: string): Promise<number> {
  const { size } = await look(path)
  if (size < 18 || !(await isGzip(path))) return size
  const file = await open(path, 'r')
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, size - 4)
    return Math.max(size, buffer.readUInt32LE(0))
  } finally {
    await file.close()
  }
}
