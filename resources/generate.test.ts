import { readdir, readFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { counts, generate } from './generate.ts'

const shipped = join(import.meta.dirname, 'samples')

/** What a file holds, whatever version of a library packed it. */
async function content(path: string): Promise<string> {
  const bytes = await readFile(path)
  if (path.endsWith('.gz')) return gunzipSync(bytes).toString('latin1')
  if (!path.endsWith('.png')) return bytes.toString('utf8')
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  return `${info.width}x${info.height} ${data.toString('latin1')}`
}

async function files(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

test('the shipped samples are what the generator makes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tapedeck-samples-'))
  try {
    await generate(folder, 12) // the first of each class: decoding all would take long
    const names = await files(folder)
    const classes = (set: string): number => names.filter((name) => name.startsWith(set)).length / 12
    expect((await files(shipped)).length - names.length).toBe(
      classes('shapes') * (counts.shapesPerClass - 12) + classes('any-size') * (counts.patternsPerClass - 12),
    )
    for (const name of names)
      if ((await content(join(folder, name))) !== (await content(join(shipped, name))))
        expect.unreachable(`${name} differs: run node resources/generate.ts and commit the result`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
