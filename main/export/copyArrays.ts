/** Arrays of one safetensors file written into another, without holding them in memory. */
import { createReadStream, createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { headerBytes, readSafetensorsHeader } from './safetensors.ts'

export interface Copying {
  /** Names in the new file by those in the old one; arrays without one are left out. */
  names: ReadonlyMap<string, string>
  metadata: Readonly<Record<string, string>>
  signal: AbortSignal
}

/** @throws UserError `safetensors/damaged` */
export async function copyArrays(
  from: string,
  to: string,
  { names, metadata, signal }: Copying,
): Promise<void> {
  const { places, dataStart } = await readSafetensorsHeader(from)
  const kept = places.filter(({ name }) => names.has(name))
  const arrays = kept.map(({ name, dtype, shape, begin, end }) => ({
    name: names.get(name) ?? name,
    dtype,
    shape,
    size: end - begin,
  }))
  await writeFile(to, Buffer.concat(headerBytes(arrays, metadata)))
  for (const { begin, end } of kept)
    if (end > begin)
      await pipeline(
        createReadStream(from, { start: dataStart + begin, end: dataStart + end - 1 }),
        createWriteStream(to, { flags: 'a' }),
        { signal },
      )
}
