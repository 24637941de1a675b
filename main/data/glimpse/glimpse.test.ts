import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { plainOptions, plainTable, type ImportOptions } from '../../common/data/options.ts'
import { idxOptions, idxPair, imageOptions, picture, put, temporaryFolder } from '../fixtures.ts'
import { createPace } from '../pace.ts'
import { npyBytes } from '../sources/made.ts'
import { spreadOut } from './images.ts'
import { glimpse } from './index.ts'

const table = (part: object = {}): ImportOptions => ({
  ...plainOptions,
  kind: 'table',
  name: 'table',
  table: { ...plainTable, target: 'price', task: 'regress', ...part },
})

describe('a glimpse of images', () => {
  it('is of every class, as they will be trained on; a damaged one says why', async () => {
    const folder = await put(await temporaryFolder(), {
      'a/wide.png': await picture(20, 10, 'red').png().toBuffer(),
      'a/text.png': 'no picture',
      'b/tall.png': await picture(6, 12, 'blue').png().toBuffer(),
    })
    const keep: ImportOptions = {
      ...imageOptions,
      image: { ...imageOptions.image!, sizing: 'keep', longestSide: 10 },
    }
    const [resized, kept] = [
      await glimpse(folder, imageOptions, createPace()),
      await glimpse(folder, keep, createPace()),
    ]
    const byItem = (name: string, { images }: typeof resized) => images.find(({ item }) => item === name)
    expect(resized.images.map(({ className }) => className).sort()).toEqual(['a', 'a', 'b'])
    expect(byItem('a/wide.png', resized)).toMatchObject({
      original: { width: 20, height: 10 },
      stored: { width: 4, height: 4 },
      image: expect.stringMatching(/^data:image\/png;base64,/) as string,
    })
    expect(byItem('a/wide.png', kept)?.stored).toEqual({ width: 10, height: 5 })
    expect(byItem('b/tall.png', kept)?.stored).toEqual({ width: 5, height: 10 })
    const damaged = byItem('a/text.png', resized)
    expect(damaged).toMatchObject({ image: null, stored: null })
    expect(damaged?.problem).not.toBe('')
    expect(resized.columns).toEqual([])
  })

  it('opens packed images too', async () => {
    const folder = await put(await temporaryFolder(), idxPair(30))
    const { images } = await glimpse(folder, idxOptions, createPace())
    expect(images).toHaveLength(24)
    expect(images[0]).toMatchObject({ problem: null, stored: { width: 3, height: 2 } })
  })

  it('follows a list to its images, by the columns that are chosen', async () => {
    const folder = await put(await temporaryFolder(), {
      'pics/one.png': await picture(8, 8, 'red').png().toBuffer(),
      'pics/two.png': await picture(9, 9, 'blue').png().toBuffer(),
      'list.csv': 'file,kind,sort\none.png,red,warm\ntwo.png,blue,cold\ngone.png,blue,cold\n',
    })
    const list: ImportOptions = {
      ...imageOptions,
      kind: 'image-list',
      columns: { header: true, input: 'file', label: 'sort' },
    }
    const { images, columns } = await glimpse(join(folder, 'list.csv'), list, createPace())
    expect(images.map(({ item, className, problem }) => [item, className, problem === null])).toEqual([
      ['one.png', 'warm', true],
      ['two.png', 'cold', true],
      ['gone.png', 'cold', false],
    ])
    expect(columns.map(({ name }) => name)).toEqual(['file', 'kind', 'sort'])
  })

  it('takes evenly of all, classes in turn', () => {
    const list = [...'aaaaaaaabb'].map((name, at) => `${name}${at}`)
    expect(spreadOut(list, ([name]) => name!, 4)).toEqual(['a0', 'b8', 'a4', 'b9'])
    expect(spreadOut(list, ([name]) => name!, 100)).toHaveLength(10)
    expect(spreadOut([], () => '', 4)).toEqual([])
  })
})

describe('a glimpse of columns', () => {
  const rows = [
    'price,town,note',
    ...Array.from({ length: 20 }, (_, at) => `${at},${at % 2 ? 'Ulm' : ''},n${at}`),
  ]

  it('says what each looks like, with and without a row of names', async () => {
    const folder = await put(await temporaryFolder(), { 'houses.csv': rows.join('\n') })
    const file = join(folder, 'houses.csv')
    const named = await glimpse(file, table(), createPace())
    expect(named.columns.map(({ name, kind, missing }) => [name, kind, missing])).toEqual([
      ['price', 'number', 0],
      ['town', 'constant', 10],
      ['note', 'other', 0],
    ])
    expect(named.columns[0]?.examples).toEqual(['0', '1', '2', '3'])
    expect(named.rows[0]).toEqual(['0', '', 'n0'])
    const numbered = await glimpse(folder, table({ header: false }), createPace())
    expect(numbered.columns[0]?.name).toBe('column 1')
    expect(numbered.rows[0]).toEqual(['price', 'town', 'note'])
  })

  it('says which column holds the parts; of arrays too', async () => {
    const lines = rows.map((row, at) => `${row},${at === 0 ? 'split' : at % 4 ? 'train' : 'test'}`)
    const folder = await put(await temporaryFolder(), {
      'houses.csv': lines.join('\n'),
      'line/x_train.npy': npyBytes('|u1', [6], [1, 2, 3, 4, 5, 6]),
      'line/y_train.npy': npyBytes('|u1', [6], [2, 4, 6, 8, 10, 12]),
      'line/x_test.npy': npyBytes('|u1', [2], [7, 8]),
      'line/y_test.npy': npyBytes('|u1', [2], [14, 16]),
    })
    const kinds = async (path: string, target: string) =>
      (await glimpse(join(folder, path), table({ target }), createPace())).columns.map(({ kind }) => kind)
    expect(await kinds('houses.csv', 'price')).toEqual(['number', 'constant', 'other', 'part'])
    expect(await kinds('line', 'y')).toEqual(['number', 'part', 'number'])
  })

  it('stops when it is no longer wanted', async () => {
    const folder = await put(await temporaryFolder(), { 'houses.csv': rows.join('\n') })
    await expect(glimpse(folder, table(), createPace(AbortSignal.abort(new Error('gone'))))).rejects.toThrow(
      'gone',
    )
  })
})
