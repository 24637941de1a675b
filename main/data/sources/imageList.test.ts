import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultSplit } from '../../common/data/options.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import { imageOptions, pictures, put, refusal, temporaryFolder } from '../fixtures.ts'
import { importDataset, inspect } from '../index.ts'

const options: ImportOptions = { ...imageOptions, kind: 'image-list' }

async function source(
  files: Record<string, string | Uint8Array>,
): Promise<{ path: string; datasetsFolder: string }> {
  const folder = await temporaryFolder()
  return { path: await put(join(folder, 'set'), files), datasetsFolder: join(folder, 'datasets') }
}

/** Rows for the pictures `p/0.png` to `p/9.png`. */
const rows = (row: (item: number) => string): string =>
  Array.from({ length: 10 }, (_, item) => row(item)).join('\n')
const kind = (item: number): string => (item % 2 ? 'odd' : 'even')

describe('images named in a table', () => {
  test.each([
    { name: 'list.csv', text: `label,file\n${rows((item) => `${kind(item)},p/${item}.png`)}\n` },
    { name: 'list.tsv', text: rows((item) => `p/${item}.png\t${kind(item)}`) },
    {
      name: 'windows.csv',
      text: `path;class\n${rows((item) => `p\\${item}.png;${kind(item)}`)}`.replaceAll('\n', '\r\n'),
    },
    { name: 'beside.csv', text: `image,label\n${rows((item) => `${item}.png,${kind(item)}`)}` },
    {
      name: 'list.jsonl',
      text: rows((item) => JSON.stringify({ image: `p/${item}.png`, label: kind(item) })),
    },
  ])('$name', async ({ name, text }) => {
    const { path, datasetsFolder } = await source({ ...(await pictures(['p'], 10)), [name]: text })
    const guess = await inspect(join(path, name))
    expect(guess.options).toMatchObject({ kind: 'image-list', image: { height: 4, width: 4 } })
    expect(guess.classes).toEqual(['even', 'odd'].map((label) => ({ name: label, count: 5 })))
    const dataset = await importDataset(
      join(path, name),
      { ...guess.options, validationShare: 0.5 },
      { datasetsFolder },
    )
    expect(dataset.classes.map(({ train, validation }) => train + validation)).toEqual([5, 5])
    expect(dataset.problemCount).toBe(0)
    // The red of pictures() is the number of the item: each has the label of its row.
    const inputs = await readFile(join(datasetsFolder, dataset.id, 'inputs.bin'))
    const labels = await readFile(join(datasetsFolder, dataset.id, 'labels.bin'))
    for (let row = 0; row < 10; row += 1) expect(labels.readUInt32LE(8 * row)).toBe(inputs[row * 48]! % 2)
  })

  test('a column of parts is the split; test validates where nothing else does', async () => {
    const files = await pictures(['p'], 10)
    const part = (names: string[]) => (item: number) =>
      `p/${item}.png,${kind(item)},${names[Math.floor(item / 2) % names.length]!}`
    const { path, datasetsFolder } = await source({
      ...files,
      'three.csv': `path,label,split\n${rows(part(['train', 'train', 'val', 'test', 'train']))}`,
      'two.csv': `path,label,partition\n${rows(part(['Train', 'Test']))}`,
    })
    expect((await inspect(join(path, 'three.csv'))).givenSplit).toBe(true)
    const three = await importDataset(join(path, 'three.csv'), options, { datasetsFolder })
    expect(three).toMatchObject({ trainCount: 6, validationCount: 2, testCount: 2 })
    const two = await importDataset(join(path, 'two.csv'), options, { datasetsFolder })
    expect(two).toMatchObject({ trainCount: 6, validationCount: 4, testCount: 0 })
  })

  test('sets aside what is not there, has no label or belongs to no part', async () => {
    const list = [
      ...Array.from({ length: 8 }, (_, item) => `p/${item}.png,${kind(item)},train`),
      ...Array.from({ length: 2 }, (_, item) => `p/${8 + item}.png,${kind(item)},val`),
      'p/gone.png,odd,train',
      'p,odd,train',
      'p/1.png,,train',
      ',odd,train',
      'p/2.png,even,later',
    ]
    const { path, datasetsFolder } = await source({
      ...(await pictures(['p'], 10)),
      'list.csv': `path,label,split\n${list.join('\n')}\n`,
    })
    const dataset = await importDataset(join(path, 'list.csv'), options, { datasetsFolder })
    expect(dataset).toMatchObject({ trainCount: 8, validationCount: 2, problemCount: 5 })
    expect(
      dataset.problems.map(({ path: where, reason }) => [where.slice(where.lastIndexOf('/') + 1), reason]),
    ).toEqual([
      ['list.csv:14', 'no label for p/1.png'],
      ['list.csv:15', 'no path'],
      ['list.csv:16', 'its part is "later", none of train, val and test'],
      ['gone.png', 'there is no such file'],
      ['p', 'it is a folder'],
    ])
  })

  test('its columns can be chosen', async () => {
    const text = `id,file,colour,label\n${rows((item) => `${item},p/${item}.png,${item < 3 ? 'red' : 'blue'},${kind(item)}`)}`
    const { path, datasetsFolder } = await source({ ...(await pictures(['p'], 10)), 'list.csv': text })
    const guess = await inspect(join(path, 'list.csv'))
    expect(guess.columns).toEqual(['id', 'file', 'colour', 'label'])
    expect(guess.options.columns).toEqual({ header: true, input: 'file', label: 'label' })
    const columns = { header: true, input: 'file', label: 'colour' }
    const dataset = await importDataset(
      join(path, 'list.csv'),
      { ...options, columns, split: { ...defaultSplit, by: 'stratified' } },
      { datasetsFolder },
    )
    expect(dataset.classes.map(({ name, train, validation }) => [name, train + validation])).toEqual([
      ['blue', 7],
      ['red', 3],
    ])
    const wrong = importDataset(
      join(path, 'list.csv'),
      { ...options, columns: { ...columns, label: 'size' } },
      { datasetsFolder },
    )
    expect(await refusal(wrong)).toMatchObject({ code: 'data/unknown-column' })
  })

  test('refuses a list whose images are not there, and one without images or labels', async () => {
    const { path, datasetsFolder } = await source({
      'gone.csv': `path,label\n${rows((item) => `q/${item}.png,${kind(item)}`)}`,
      'texts.csv': `text,label\n${rows((item) => `some words ${item},${kind(item)}`)}`,
      'names.csv': `path,label\n${rows((item) => `q/${item}.png,${item}`)}`,
      'none.csv': 'path,label\na.png,\nb.png,\n',
    })
    expect(await refusal(inspect(join(path, 'gone.csv')))).toMatchObject({
      code: 'data/list-missing',
      what: expect.stringContaining('q/0.png') as string,
    })
    expect((await inspect(join(path, 'texts.csv'))).options.kind).not.toBe('image-list')
    const load = (name: string) => refusal(importDataset(join(path, name), options, { datasetsFolder }))
    expect((await load('texts.csv')).code).toBe('data/list-columns')
    expect((await load('gone.csv')).code).toBe('data/nothing-readable')
    expect(['data/list-columns', 'data/nothing-readable']).toContain((await load('none.csv')).code)
    expect((await load('names.csv')).code).toMatch(/nothing-readable|too-many-classes/)
  })
})
