import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ImportOptions } from '../../common/data/options.ts'
import { put, refusal, temporaryFolder, tokenOptions } from '../fixtures.ts'
import { importDataset, inspect, preview, readCached } from '../index.ts'

const options = (
  length: number,
  stride: number,
  text: Partial<NonNullable<ImportOptions['text']>> = {},
): ImportOptions => ({
  ...tokenOptions,
  kind: 'running-text',
  text: { ...tokenOptions.text!, tokenizer: 'character', vocabularySize: 100, ...text },
  blocks: { length, stride },
})

const alphabet = 'abcdefghijklmnopqrstuvwxyz'
const book = `${alphabet.repeat(4)}\n`.repeat(10)

async function stored(content: string, chosen: ImportOptions) {
  const folder = await temporaryFolder()
  const path = join(await put(folder, { 'book.txt': content }), 'book.txt')
  const datasetsFolder = join(folder, 'datasets')
  const dataset = await importDataset(path, chosen, { datasetsFolder })
  const read = async (name: string): Promise<ArrayBuffer> =>
    new Uint8Array(await readFile(join(datasetsFolder, dataset.id, name))).buffer
  const inputs = new Int32Array(await read('inputs.bin'))
  const begins = [...new BigInt64Array(await read('rows.bin'))].map(Number)
  const tokens = JSON.parse(
    await readFile(join(datasetsFolder, dataset.id, 'vocabulary.json'), 'utf8'),
  ) as string[]
  const text = (from: number, to: number): string =>
    [...inputs.subarray(from, to)].map((id) => tokens[id]).join('')
  return { dataset, datasetsFolder, begins, inputs, text }
}

describe('running text', () => {
  test.each([
    [8, 8],
    [8, 3],
    [5, 20],
  ])(
    'is stored once, in blocks of %i that begin %i apart, each with the token after it',
    async (length, stride) => {
      const { dataset, datasetsFolder, begins, text } = await stored(book, options(length, stride))
      expect(dataset).toMatchObject({
        sampleShape: [length],
        content: 'tokens',
        task: 'next-token',
        classes: [],
      })
      expect(dataset.trainCount).toBeGreaterThan(10)
      for (const [row, begin] of begins.entries()) {
        const whole = text(begin, begin + length + 1)
        const at = row < dataset.trainCount ? row * stride : null
        if (at !== null) expect(whole).toBe(book.slice(at, at + length + 1))
        else expect(book).toContain(whole)
      }
      expect(await readCached(datasetsFolder, dataset.id)).toEqual(dataset)
    },
  )

  test('keeps validation apart: no training block reaches into it', async () => {
    const { dataset, begins, inputs } = await stored(book, options(16, 4))
    const end = begins[dataset.trainCount - 1]! + 17
    expect(begins[dataset.trainCount]!).toBeGreaterThanOrEqual(end)
    expect(begins.at(-1)! + 17).toBe(inputs.length)
  })

  test('is shown token by token', async () => {
    const { dataset, datasetsFolder } = await stored(book, options(4, 4))
    const query = { split: 'train', classIndex: null, offset: 1, limit: 1 } as const
    const { items, total } = await preview(dataset, datasetsFolder, query)
    expect(total).toBe(dataset.trainCount)
    expect(items[0]).toMatchObject({ classIndex: null, tokens: ['e', 'f', 'g', 'h'] })
  })

  test('may be words or bytes', async () => {
    const words = await stored('The cat sat. The dog sat! '.repeat(40), options(4, 4, { tokenizer: 'word' }))
    expect(words.text(0, 4)).toBe('thecatsat.')
    const bytes = await stored(book, options(4, 4, { tokenizer: 'byte' }))
    expect(bytes.dataset.vocabularySize).toBe(258)
    expect(bytes.text(0, 2)).toBe('6162')
  })

  test('may be byte pairs, whose tokens are the text again', async () => {
    const bpe = { tokenizer: 'bpe', vocabularySize: 266 } as const
    const content = 'Naïve cats sat. The dogs sat! '.repeat(60)
    const { dataset, begins, text } = await stored(content, options(16, 16, bpe))
    expect(dataset).toMatchObject({ vocabularySize: 268, sampleShape: [16] })
    // A letter whose bytes are two tokens is shown as its bytes.
    expect(content.replaceAll('ï', '\\xC3\\xAF').startsWith(text(0, 17))).toBe(true)
    expect(begins).toHaveLength(dataset.trainCount + dataset.validationCount)
    expect(dataset.notes.join(' ')).toContain('256 bytes and 10 merges of the training text')
  })

  test('may be several files, one in UTF-16', async () => {
    const folder = await temporaryFolder()
    const path = await put(join(folder, 'set'), {
      'a.txt': 'ab'.repeat(200),
      'b.txt': Buffer.from(`\ufeff${'éü'.repeat(200)}`, 'utf16le'),
    })
    const chosen = options(10, 10)
    const dataset = await importDataset(path, chosen, { datasetsFolder: join(folder, 'datasets') })
    expect(dataset.vocabularySize).toBe(6)
    // Of 400 characters each, four fifths train; a block needs one more.
    expect([dataset.trainCount, dataset.validationCount]).toEqual([
      2 * Math.floor((400 * (1 - chosen.validationShare) - 1) / 10),
      2 * Math.floor((400 * chosen.validationShare - 1) / 10),
    ])
    expect(dataset.notes).toContain('b.txt is UTF-16LE and is read as such.')
  })

  test('is what a single text is taken for, and a folder of texts may be', async () => {
    const folder = await put(await temporaryFolder(), {
      'one/book.txt': book,
      'many/a.txt': book,
      'many/b.txt': book,
    })
    expect(await inspect(join(folder, 'one', 'book.txt'))).toMatchObject({ task: 'next-token', classes: [] })
    expect(await inspect(join(folder, 'one'))).toMatchObject({ options: { kind: 'running-text' } })
    const many = await inspect(join(folder, 'many'))
    expect([many, ...many.others].map(({ options: { kind } }) => kind)).toEqual([
      'text-classes',
      'running-text',
    ])
  })

  test('is refused where it is too short, not UTF-8 or empty', async () => {
    const folder = await temporaryFolder()
    const path = await put(join(folder, 'set'), { 'a.txt': 'too short' })
    const context = { datasetsFolder: join(folder, 'datasets') }
    expect((await refusal(importDataset(path, options(64, 64), context))).code).toBe('data/text-too-short')
    await put(path, { 'a.txt': Buffer.from([...Buffer.from(book), 0xe9, 0x20]) })
    expect((await refusal(importDataset(path, options(4, 4), context))).what).toContain('not UTF-8')
    await put(path, { 'a.txt': '' })
    expect((await refusal(inspect(path))).code).toBe('data/no-images')
  })
})
