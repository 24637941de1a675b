import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dataCommand } from './data.ts'

let folder: string
let printed: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapedeck-cli-'))
  printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true, force: true })
})

async function texts(): Promise<string> {
  const path = join(folder, 'texts.tsv')
  const rows = Array.from({ length: 60 }, (_, row) => `${row % 3 ? 'plain' : 'loud'}\tword${row} and more`)
  await writeFile(path, `${rows.join('\n')}\nloud\t\n`)
  return path
}

test('inspect prints one object with the guess, the parts, the quantiles and what was set aside', async () => {
  const path = await texts()
  expect(await dataCommand.run(['inspect', path, '--json', '--max-length', '2', '--test', '0.2'])).toBe(0)
  const found = JSON.parse(printed) as Record<string, never>
  expect(found).toMatchObject({
    path,
    kind: 'text-classes',
    samples: 60,
    sizes: { T: { typical: 2, largest: 2 } },
    setAside: { count: 1, listed: [{ path: `${path}:61`, reason: 'the text is empty' }] },
  })
  const { train, validation, test: left } = found['parts'] as unknown as Record<string, number>
  expect(train! + validation! + left!).toBe(60)
  expect(left).toBeGreaterThan(0)
})

test('inspect --quick reads only the guess', async () => {
  expect(await dataCommand.run(['inspect', await texts(), '--quick', '--json'])).toBe(0)
  expect(JSON.parse(printed)).toMatchObject({ kind: 'text-classes', parts: null, fingerprint: null })
})

test('inspect leaves nothing behind', async () => {
  const left = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('tapedeck-inspect-'))
  const before = await left()
  await dataCommand.run(['inspect', await texts()])
  expect(await left()).toEqual(before)
})

test.each([
  [[], 'What to do is missing.'],
  [['look'], 'There is no "data look".'],
  [['inspect'], 'The path is missing.'],
  [['inspect', 'a', 'b'], '2 paths were given.'],
])('%j is refused with a sentence', async (args, words) => {
  await expect(dataCommand.run(args)).rejects.toThrowError(words)
})
