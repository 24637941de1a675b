import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { plainTable, type Dataset, type ImportOptions } from '../../common/schemas.ts'
import { idxOptions, put, refusal, temporaryFolder } from '../fixtures.ts'
import { importDataset, inspect, preview, readCached } from '../index.ts'

const options = (part: Partial<NonNullable<ImportOptions['table']>>): ImportOptions => ({
  ...idxOptions,
  kind: 'table',
  table: { ...plainTable, target: 'price', task: 'regress', ...part },
})

const places = ['north', 'south', 'coast']
const header = 'id,area,place,lift,price'
const rows = Array.from({ length: 60 }, (_, row) => {
  const area = row % 7 === 0 ? '' : String(40 + ((row * 13) % 50))
  return `${row},${area},${places[row % 3]!},${row % 2 ? 'yes' : 'no'},${1000 + row * 25}`
})

async function load(lines: readonly string[], chosen: ImportOptions) {
  const folder = await temporaryFolder()
  const path = join(await put(folder, { 'homes.csv': lines.join('\n') }), 'homes.csv')
  const datasetsFolder = join(folder, 'datasets')
  const dataset = await importDataset(path, chosen, { datasetsFolder })
  const read = async (name: string): Promise<ArrayBuffer> =>
    new Uint8Array(await readFile(join(datasetsFolder, dataset.id, name))).buffer
  return { dataset, datasetsFolder, read, inputs: new Float32Array(await read('inputs.bin')) }
}

const column = (inputs: Float32Array, dataset: Dataset, at: number): number[] =>
  Array.from({ length: dataset.trainCount }, (_, row) => inputs[row * Number(dataset.sampleShape[0]) + at]!)
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('tables', () => {
  test('are recognised by their header, with what each column is for', async () => {
    const path = await put(await temporaryFolder(), { 'homes.csv': [header, ...rows].join('\n') })
    const guess = await inspect(path)
    expect(guess).toMatchObject({
      task: 'regress',
      sampleCount: 60,
      columns: ['id', 'area', 'place', 'lift', 'price'],
      options: { kind: 'table', table: { target: 'price', task: 'regress', leaveOut: ['id'] } },
    })
    expect(guess.reasons.join(' ')).toContain('"id" is left out: numbers the rows.')
  })

  test('become standardised numbers and one feature for each category', async () => {
    const { dataset, datasetsFolder, inputs, read } = await load(
      [header, ...rows],
      options({ leaveOut: ['id'] }),
    )
    expect(dataset).toMatchObject({ sampleShape: [6], task: 'regress', storedDtype: 'float32', classes: [] })
    const area = column(inputs, dataset, 0)
    expect(mean(area)).toBeCloseTo(0, 5)
    // Missing values stand at the mean, so the spread over all rows is a little below one.
    expect(mean(area.map((value) => value ** 2))).toBeLessThan(1)
    expect(area.filter((value) => value === 0).length).toBeGreaterThan(3)
    for (let row = 0; row < dataset.trainCount; row += 1) {
      const features = [...inputs.subarray(row * 6 + 1, row * 6 + 6)]
      expect([features.slice(0, 3), features.slice(3)].map((one) => one.toSorted())).toEqual([
        [0, 0, 1],
        [0, 1],
      ])
    }
    const [target] = dataset.targets
    const targets = new Float32Array(await read('targets.bin'))
    expect(targets).toHaveLength(60)
    expect(mean([...targets.subarray(0, dataset.trainCount)])).toBeCloseTo(0, 5)
    const query = { split: null, classIndex: null, offset: 0, limit: 60 }
    const { items } = await preview(dataset, datasetsFolder, query)
    for (const [row, { text }] of items.entries())
      expect(Number(text!.split('→ ')[1])).toBeCloseTo(targets[row]! * target!.std + target!.mean, 2)
    expect(dataset.notes.join(' ')).toMatch(/"area": \d missing values in training, taken as the mean/)
    expect(await readCached(datasetsFolder, dataset.id)).toEqual(dataset)
  })

  test('missing categories are a category, unknown ones none', async () => {
    const lines = rows.map((row, index) => row.replace(/north|south|coast/, index % 5 === 0 ? '?' : '$&'))
    const { dataset, read } = await load([header, ...lines], options({ leaveOut: ['id', 'area', 'lift'] }))
    expect(dataset.sampleShape).toEqual([4])
    expect(JSON.parse(Buffer.from(await read('columns.json')).toString())).toMatchObject([
      { kind: 'category', name: 'place', categories: expect.arrayContaining([null]) as unknown[] },
    ])
  })

  test('may be classified', async () => {
    const { dataset } = await load([header, ...rows], options({ target: 'place', task: 'classify' }))
    expect(dataset.classes.map(({ name }) => name)).toEqual(['coast', 'north', 'south'])
    expect(dataset).toMatchObject({ task: 'classify', targets: [] })
  })

  test('rows that cannot be used are set aside', async () => {
    const bad = ['60,50,north,yes', '61,50,north,yes,', '62,wide,north,yes,10']
    const { dataset } = await load([header, ...rows, ...bad], options({ leaveOut: ['id'] }))
    expect(dataset.problems.map(({ reason }) => reason)).toEqual([
      '4 of 5 columns',
      '"price" is missing',
      '"area" is "wide", expected a number',
    ])
  })

  test('labelled texts stay texts', async () => {
    const texts = Array.from(
      { length: 20 },
      (_, row) => `${row},a message of some words number ${row},${row % 2 ? 'ham' : 'spam'}`,
    )
    const folder = await put(await temporaryFolder(), {
      'named/a.csv': ['id,text,label', ...texts].join('\n'),
      'plain/a.csv': texts.join('\n'),
      'other/a.csv': ['nr,words,kind', ...texts].join('\n'),
    })
    for (const name of ['named', 'plain', 'other'])
      expect((await inspect(join(folder, name))).options.kind, name).toBe('text-classes')
  })

  test.each([
    { name: 'no header', lines: rows, table: {}, code: 'data/table-header' },
    {
      name: 'an absent target',
      lines: [header, ...rows],
      table: { target: 'cost' },
      code: 'data/table-target',
    },
    {
      name: 'no column left',
      lines: [header, ...rows],
      table: { leaveOut: ['id', 'area', 'place', 'lift'] },
      code: 'data/table-features',
    },
    {
      name: 'classes that are none',
      lines: [header, ...rows],
      table: { target: 'price', task: 'classify' as const },
      code: 'data/too-many-classes',
    },
    {
      name: 'a text to predict as a number',
      lines: [header, ...rows],
      table: { target: 'place' },
      code: 'data/nothing-readable',
    },
  ])('refuses $name', async ({ lines, table, code }) => {
    expect((await refusal(load(lines, options(table)))).code).toBe(code)
  })
})
