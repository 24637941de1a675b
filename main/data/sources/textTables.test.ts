/** Labelled texts in files of records: columns, parts, groups, formats. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import type { Dataset } from '../../common/data/dataset.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import { put, refusal, temporaryFolder, tokenOptions } from '../fixtures.ts'
import { encodeText, importDataset, inspect, preview } from '../index.ts'
import type { TextPreparation } from '../index.ts'

type Content = string | Uint8Array

async function source(files: Record<string, Content>): Promise<{ path: string; datasetsFolder: string }> {
  const folder = await temporaryFolder()
  return { path: await put(join(folder, 'set'), files), datasetsFolder: join(folder, 'datasets') }
}

interface Item {
  label: string
  text: string
  user: string
  split: string
}

const items: Item[] = Array.from({ length: 60 }, (_, row) => ({
  label: row % 2 ? 'good' : 'bad',
  text: `review number ${row} says it is ${row % 2 ? 'good' : 'bad'}`,
  user: `user ${row % 7}`,
  split: row % 10 === 0 ? 'test' : row % 5 === 0 ? 'val' : 'train',
}))
const names = ['user', 'text', 'label'] as const
const csv = (of: readonly Item[], columns: readonly (keyof Item)[] = names): string =>
  [columns.join(','), ...of.map((item) => columns.map((name) => item[name]).join(','))].join('\n')
const jsonl = (of: readonly object[]): string => of.map((item) => JSON.stringify(item)).join('\n')
const parquet = (of: readonly Item[]): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: names.map((name) => ({
        name,
        data: of.map((item) => item[name]),
        type: 'STRING' as const,
      })),
      rowGroupSize: 25,
    }),
  )

async function imported(
  files: Record<string, Content>,
  change: Partial<ImportOptions> = {},
  file = '',
): Promise<{ dataset: Dataset; texts: string[]; datasetsFolder: string }> {
  const { path, datasetsFolder } = await source(files)
  const { options } = await inspect(join(path, file))
  const dataset = await importDataset(join(path, file), { ...options, ...change }, { datasetsFolder })
  const everything = { split: null, classIndex: null, offset: 0, limit: 200 }
  const preview_ = await preview(dataset, datasetsFolder, everything)
  return {
    dataset,
    datasetsFolder,
    texts: preview_.items.map(
      (item) => `${item.split} ${dataset.classes[item.classIndex!]!.name}: ${item.text}`,
    ),
  }
}

describe('texts in records', () => {
  test.each<[string, Content]>([
    ['a.csv', csv(items)],
    ['a.jsonl', jsonl(items.map(({ split: _, ...item }) => item))],
    ['a.parquet', parquet(items)],
  ])('%s: columns by their names, all of them offered, and the same texts', async (name, content) => {
    const { path } = await source({ [name]: content })
    const guess = await inspect(path)
    expect(guess).toMatchObject({
      options: { kind: 'text-classes', columns: { header: true, input: 'text', label: 'label' } },
      sampleCount: 60,
      givenSplit: false,
    })
    expect(guess.columns.toSorted()).toEqual(['label', 'text', 'user'])
    expect(guess.classes).toEqual(['bad', 'good'].map((label) => ({ name: label, count: 30 })))
    const { texts } = await imported({ [name]: content })
    expect(texts.map((text) => text.slice(text.indexOf(' ') + 1)).toSorted()).toEqual(
      items.map(({ label, text }) => `${label}: ${text}`).toSorted(),
    )
  })

  test('a person may choose other columns', async () => {
    const columns = { header: true, input: 'text', label: 'user' }
    const { dataset } = await imported({ 'a.csv': csv(items) }, { columns })
    expect(dataset.classes.map(({ name }) => name)).toEqual(
      Array.from({ length: 7 }, (_, user) => `user ${user}`),
    )
    const { path, datasetsFolder } = await source({ 'a.csv': csv(items) })
    const wrong = (change: Partial<NonNullable<ImportOptions['columns']>>) =>
      refusal(
        importDataset(path, { ...tokenOptions, columns: { ...columns, ...change } }, { datasetsFolder }),
      )
    expect((await wrong({ label: 'mood' })).what).toContain('no column "mood"; it has user, text, label')
    expect((await wrong({ label: 'text' })).what).toContain('both the text and the label')
    // Without a header the columns have numbers, and the names are a row.
    const headless = { header: false, input: 'column 2', label: 'column 1' }
    expect((await imported({ 'a.csv': csv(items) }, { columns: headless })).texts.join()).toContain(
      'user: text',
    )
  })

  test('a column of sides is the split; what says no side is set aside', async () => {
    const content = `${csv(items, [...names, 'split'])}\nuser 9,odd one out,good,nowhere`
    const { path } = await source({ 'a.csv': content })
    const guess = await inspect(path)
    expect(guess.givenSplit).toBe(true)
    expect(guess.reasons.join(' ')).toContain('Column "split" says which rows train')
    const { dataset, texts } = await imported({ 'a.csv': content })
    expect([dataset.trainCount, dataset.validationCount, dataset.testCount]).toEqual([48, 6, 6])
    expect(texts).toContain('validation good: review number 5 says it is good')
    expect(dataset.problems[0]!.reason).toBe('the split "nowhere" is none of train, validation, test')
  })

  test('a test part validates where nothing else does', async () => {
    const two = items.map((item) => ({ ...item, split: item.split === 'train' ? 'train' : 'test' }))
    const { dataset } = await imported({ 'a.csv': csv(two, [...names, 'split']) })
    expect([dataset.trainCount, dataset.validationCount, dataset.testCount]).toEqual([48, 12, 0])
  })

  test('groups stay together', async () => {
    const split = { given: true, by: 'group', groupColumn: 'user', testShare: 0 } as const
    const { texts, dataset } = await imported({ 'a.csv': csv(items) }, { split, validationShare: 0.4 })
    const sides = new Map<number, Set<string>>()
    for (const text of texts) {
      const user = Number(/number (\d+)/.exec(text)![1]) % 7
      sides.set(user, (sides.get(user) ?? new Set()).add(text.split(' ')[0]!))
    }
    expect([...sides.values()].every((some) => some.size === 1)).toBe(true)
    expect(dataset.notes.join(' ')).toContain('7 groups by "user"')
  })

  test('tables named after their parts are one source', async () => {
    const some = (from: number, to: number): string => csv(items.slice(from, to))
    const { dataset } = await imported({
      'train-00000-of-00002.csv': some(0, 20),
      'train-00001-of-00002.csv': some(20, 40),
      'validation.csv': some(40, 50),
      'test.csv': some(50, 60),
    })
    expect([dataset.trainCount, dataset.validationCount, dataset.testCount]).toEqual([40, 10, 10])
  })

  test('a folder per class in three parts, one file of it in UTF-16', async () => {
    const files: Record<string, Content> = {}
    for (const [at, { label, text }] of items.entries())
      files[`${['train', 'train', 'valid', 'test'][Math.floor(at / 2) % 4]!}/${label}/${at}.txt`] = text
    files['train/good/1.txt'] = Buffer.from('\ufeffin two bytes each', 'utf16le')
    files['train/good/3.txt'] = Buffer.from('caf\xe9', 'latin1')
    const { dataset, texts } = await imported(files)
    expect([dataset.trainCount, dataset.validationCount, dataset.testCount]).toEqual([31, 14, 14])
    expect(texts).toContain('train good: in two bytes each')
    expect(dataset.problems.map(({ reason }) => reason)).toEqual(['not UTF-8'])
  })

  test('lines that are wrong are named', async () => {
    const content = `${jsonl(items)}\n{"label":"good"}\n{"label":null,"text":"x"}\n{"label":`
    const { dataset } = await imported({ 'a.jsonl': content })
    expect(dataset.problems.map(({ path, reason }) => [path.split(':').at(-1), reason])).toEqual([
      ['61', 'the text is empty'],
      ['62', 'the label is empty'],
      ['63', 'not JSON'],
    ])
  })
})

test('what was stored is what encodeText makes of the text with the stored preparation', async () => {
  const text = { ...tokenOptions.text!, tokenizer: 'bpe', vocabularySize: 300, maximumLength: 12 } as const
  const { dataset, datasetsFolder } = await imported({ 'a.csv': csv(items) }, { text })
  const folder = join(datasetsFolder, dataset.id)
  const json = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, name), 'utf8'))
  const preparation: TextPreparation = {
    text: dataset.options.text!,
    vocabulary: (await json('vocabulary.json')) as string[],
    tokenizer: (await json('tokenizer.json')) as TextPreparation['tokenizer'],
  }
  const inputs = new Int32Array(new Uint8Array(await readFile(join(folder, 'inputs.bin'))).buffer)
  const places = new BigInt64Array(new Uint8Array(await readFile(join(folder, 'rows.bin'))).buffer)
  const texts = (await json('items.json')) as string[]
  let cut = 0
  for (const [row, item] of texts.entries()) {
    const begin = Number(places[2 * row])
    const encoded = encodeText(item, preparation)
    expect([...encoded.input]).toEqual([...inputs.subarray(begin, begin + Number(places[2 * row + 1]))])
    if (encoded.cut) cut += 1
  }
  expect(texts).toHaveLength(60)
  expect(dataset.notes.join(' ')).toContain(
    cut === 0 ? 'No text is cut' : `${Math.round((100 * cut) / 60)} % of the texts are cut`,
  )
  expect(dataset.vocabularySize).toBe(302)
})
