import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Dataset } from '../../common/data/dataset.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import { put, refusal, temporaryFolder, textOptions, tokenOptions } from '../fixtures.ts'
import { importDataset, inspect, preview } from '../index.ts'

async function source(
  files: Record<string, string | Uint8Array>,
): Promise<{ path: string; datasetsFolder: string }> {
  const folder = await temporaryFolder()
  return { path: await put(join(folder, 'set'), files), datasetsFolder: join(folder, 'datasets') }
}

const rows = Array.from(
  { length: 40 },
  (_, item) => `${item % 2 ? 'ham' : 'spam'}\tmessage number ${item} says hello`,
)
const everything = { split: null, classIndex: null, offset: 0, limit: 200 }

async function textsOf(file: string, content: string | Uint8Array): Promise<string[]> {
  const { path, datasetsFolder } = await source({ [file]: content })
  const dataset = await importDataset(path, textOptions, { datasetsFolder })
  const { items } = await preview(dataset, datasetsFolder, everything)
  return items.map((item) => `${dataset.classes[item.classIndex!]!.name}: ${item.text}`)
}

describe('labelled texts', () => {
  test('a table: label and text are found by what the columns hold', async () => {
    const { path } = await source({ 'sms.tsv': rows.join('\n') })
    const guess = await inspect(path)
    expect(guess.classes).toEqual(['ham', 'spam'].map((name) => ({ name, count: 20 })))
    expect(guess.reasons.join(' ')).toContain('words and signs in their order')
    expect(await inspect(join(path, 'sms.tsv'))).toMatchObject({
      options: { name: 'sms', kind: 'text-classes' },
    })
  })

  test('quotes in a TSV are ordinary signs, unless they enclose a whole cell', async () => {
    const texts = await textsOf(
      'a.tsv',
      [...rows, 'ham\t"never closed', 'spam\the said "no" twice', 'ham\t"whole ""cell"""'].join('\n'),
    )
    expect(texts).toContain('ham: "never closed')
    expect(texts).toContain('spam: he said "no" twice')
    expect(texts).toContain('ham: whole "cell"')
    expect(texts).toHaveLength(43)
  })

  test('a CSV with a header, quoted commas and line ends, CRLF and a byte order mark', async () => {
    const lines = rows.map((row) => row.split('\t')).map(([label, text]) => `7,"${text}, they say",${label}`)
    const texts = await textsOf(
      'a.csv',
      `\ufeffid,text,label\r\n${lines.join('\r\n')}\r\n8,"two\nlines",ham\r\n`,
    )
    expect(texts).toHaveLength(41)
    expect(texts).toContain('ham: message number 1 says hello, they say')
    expect(texts).toContain('ham: two\nlines')
  })

  test('a delimiter inside the text belongs to the text', async () => {
    expect(await textsOf('a.tsv', [...rows, 'ham\tone\ttwo'].join('\n'))).toContain('ham: one\ttwo')
  })

  test('a file per class, with a warning when items are single words', async () => {
    const names = (first: string): string =>
      Array.from({ length: 20 }, (_, item) => `${first}${'abcdefghijklmnopqrst'[item]}`).join('\n')
    const { path } = await source({
      'Greek.txt': `${names('Pap')}\n\n`,
      'Czech.txt': names('Nov'),
      'README.txt': 'about',
    })
    const guess = await inspect(path)
    expect(guess.classes).toEqual(['Czech', 'Greek'].map((name) => ({ name, count: 20 })))
    expect(guess.reasons.join(' ')).toContain('100 % of the texts are a single word')
  })

  test('a folder per class, with parts', async () => {
    const files: Record<string, string> = {}
    for (const part of ['train', 'test'])
      for (const name of ['neg', 'pos'])
        for (let item = 0; item < 4; item += 1)
          files[`${part}/${name}/${item}.txt`] = `a ${name} review ${part} ${item}`
    const { path, datasetsFolder } = await source(files)
    expect(await inspect(path)).toMatchObject({ givenSplit: true, sampleCount: 16 })
    const dataset = await importDataset(path, textOptions, { datasetsFolder })
    expect(dataset.classes).toEqual(
      ['neg', 'pos'].map((name) => ({ name, train: 4, validation: 4, test: 0 })),
    )
    const vocabulary = JSON.parse(
      await readFile(join(datasetsFolder, dataset.id, 'vocabulary.json'), 'utf8'),
    ) as string[]
    expect(vocabulary).toContain('train')
    expect(vocabulary).not.toContain('test')
    expect(dataset.sampleShape).toEqual([vocabulary.length])
  })

  test('rows that cannot be used are set aside with their place', async () => {
    const latin = Buffer.concat([
      Buffer.from(`${rows.join('\n')}\nham\tcaf`),
      Buffer.from([0xe9]),
      Buffer.from(' au lait\nspam\nham\t \n'),
    ])
    const { path, datasetsFolder } = await source({ 'a.tsv': latin })
    const dataset = await importDataset(path, textOptions, { datasetsFolder })
    expect(dataset.problems).toEqual([
      { path: join(path, 'a.tsv:41'), reason: 'not UTF-8' },
      { path: join(path, 'a.tsv:42'), reason: '1 of 2 columns' },
      { path: join(path, 'a.tsv:43'), reason: 'the text is empty' },
    ])
  })

  test('long texts are kept cut, and read back one by one', async () => {
    const long = `ham\t${'long "word" \\ '.repeat(400)}`
    const texts = await textsOf('a.tsv', [...rows, long].join('\n'))
    expect(texts.find((text) => text.startsWith('ham: long'))).toMatch(
      /^ham: long "word" \\ .{380,420}\.\.\.$/,
    )
  })
})

describe('texts as token ids', () => {
  async function stored(options: ImportOptions): Promise<{ dataset: Dataset; texts: number[][] }> {
    const { path, datasetsFolder } = await source({ 'a.tsv': rows.join('\n') })
    const dataset = await importDataset(path, options, { datasetsFolder })
    const folder = join(datasetsFolder, dataset.id)
    const inputs = new Int32Array(new Uint8Array(await readFile(join(folder, 'inputs.bin'))).buffer)
    const places = new BigInt64Array(new Uint8Array(await readFile(join(folder, 'rows.bin'))).buffer)
    const texts = Array.from({ length: places.length / 2 }, (_, row) => {
      const begin = Number(places[2 * row])
      return [...inputs.subarray(begin, begin + Number(places[2 * row + 1]))]
    })
    return { dataset, texts }
  }

  test('are stored one after another, each with its length', async () => {
    const { dataset, texts } = await stored(tokenOptions)
    expect(dataset).toMatchObject({ sampleShape: ['T'], content: 'tokens', storedDtype: 'int32' })
    expect(dataset.symbols).toMatchObject({ T: { typical: 5, p99: 5, largest: 5 } })
    expect(texts).toHaveLength(40)
    expect(texts.every((text) => text.length === 5)).toBe(true)
    expect(Math.max(...texts.flat())).toBeLessThan(dataset.vocabularySize!)
    expect(texts.flat()).not.toContain(0)
    expect(dataset.notes).toContain('No text is cut.')
  })

  test('are cut at the maximum length, which is stated', async () => {
    const text = { ...tokenOptions.text!, tokenizer: 'character', maximumLength: 3 } as const
    const { dataset, texts } = await stored({ ...tokenOptions, text })
    expect(texts.every((ids) => ids.length === 3)).toBe(true)
    expect(dataset.notes).toContain('100 % of the texts are cut at 3 tokens.')
  })

  test('are shown token by token, unknown ones as such', async () => {
    const { path, datasetsFolder } = await source({ 'a.tsv': rows.join('\n') })
    const options = { ...tokenOptions, text: { ...tokenOptions.text!, minimumFrequency: 10 } }
    const dataset = await importDataset(path, options, { datasetsFolder })
    const query = { split: null, classIndex: null, offset: 0, limit: 40 }
    const { items } = await preview(dataset, datasetsFolder, query)
    for (const { tokens } of items) expect(tokens).toEqual(['message', 'number', '<unk>', 'says', 'hello'])
  })
})

describe('refusing texts', () => {
  const cases: { name: string; files: Record<string, string | Uint8Array>; code: string; says: string }[] = [
    { name: 'one column', files: { 'a.tsv': 'one\ntwo\n' }, code: 'data/table-columns', says: 'one column' },
    { name: 'an empty table', files: { 'a.tsv': '' }, code: 'data/table-empty', says: 'no rows' },
    {
      name: 'an open quote in a CSV',
      files: { 'a.csv': 'ham,hello\nspam,"never closed\n' },
      code: 'data/table-quote',
      says: 'never closed',
    },
    {
      name: 'UTF-16 without a byte order mark',
      files: { 'a.tsv': Buffer.from('ham\thello', 'utf16le') },
      code: 'data/encoding',
      says: 'UTF-16',
    },
    {
      name: 'binary',
      files: { 'a.tsv': Buffer.from('ham\0\0') },
      code: 'data/encoding',
      says: 'zero byte at 3',
    },
    {
      name: 'labels that are no classes',
      files: { 'a.tsv': rows.map((row, at) => `${at}${row}`).join('\n') },
      code: 'data/too-many-classes',
      says: '40 different values',
    },
    {
      name: 'one class',
      files: { 'a.tsv': rows.map((row) => row.replace('spam', 'ham')).join('\n') },
      code: 'data/one-class',
      says: 'ham',
    },
    {
      name: 'several tables',
      files: { 'a.tsv': rows.join('\n'), 'b.csv': 'x' },
      code: 'data/several-tables',
      says: '2 tables',
    },
    {
      name: 'no words',
      files: { 'a.tsv': rows.map((row, at) => `${row.split('\t')[0]}\t${'!'.repeat(at + 1)}`).join('\n') },
      code: 'data/no-words',
      says: 'has a word',
    },
    {
      name: 'only empty texts',
      files: { 'a.tsv': 'label\ttext\nham\t \nspam\t \n' },
      code: 'data/nothing-readable',
      says: 'the text is empty',
    },
    { name: 'no text at all', files: { 'a.doc': 'x' }, code: 'data/no-text', says: 'no labelled texts' },
  ]
  test.each(cases)('$name', async ({ files, code, says }) => {
    const { path, datasetsFolder } = await source(files)
    const refused = await refusal(importDataset(path, textOptions, { datasetsFolder }))
    expect(refused.code).toBe(code)
    expect(refused.what).toContain(says)
  })
})
