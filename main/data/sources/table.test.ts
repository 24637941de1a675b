import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { plainTable, type ImportOptions } from '../../common/data/options.ts'
import { type Dataset } from '../../common/data/dataset.ts'
import { idxOptions, put, refusal, temporaryFolder } from '../fixtures.ts'
import { importDataset, inspect, preview, readCached } from '../index.ts'
import { columnSchema } from '../table/columns.ts'
import { prepareRow } from '../table/features.ts'

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
/** By what each row has in its third column, the parts that such rows are in; a row is known by its price. */
async function inspectPlaces(
  dataset: Dataset,
  datasetsFolder: string,
  lines: readonly string[],
): Promise<Map<string, Set<string>>> {
  const query = { split: null, classIndex: null, offset: 0, limit: 60 }
  const { items } = await preview(dataset, datasetsFolder, query)
  const places = new Map<string, Set<string>>()
  for (const { text, split } of items) {
    const price = text!.split('→ ')[1]!
    const place = lines.find((line) => line.endsWith(`,${price}`))!.split(',')[2]!
    places.set(place, (places.get(place) ?? new Set()).add(split))
  }
  return places
}

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

  test('without names are recognised and read', async () => {
    const path = await put(await temporaryFolder(), { 'homes.csv': rows.join('\n') })
    const guess = await inspect(path)
    expect(guess.options).toMatchObject({
      kind: 'table',
      table: { header: false, target: 'column 5', task: 'regress', leaveOut: ['column 1'] },
    })
    const { dataset } = await load(rows, { ...guess.options, name: 'homes' })
    expect(dataset.trainCount + dataset.validationCount).toBe(60)
    expect(dataset.sampleShape).toEqual([6])
  })

  test.each(['homes.jsonl', 'homes.parquet'])('are the same as %s', async (name) => {
    const cells = rows.map((row) => row.split(','))
    const names = header.split(',')
    const numeric = new Set(['id', 'area', 'price'])
    const valueOf = (column: number, row: number): string | number | null => {
      const cell = cells[row]![column]!
      return cell === '' ? null : numeric.has(names[column]!) ? Number(cell) : cell
    }
    const objects = cells.map((_, row) =>
      Object.fromEntries(names.map((key, column) => [key, valueOf(column, row)])),
    )
    const content = name.endsWith('jsonl')
      ? objects.map((object) => JSON.stringify(object)).join('\n')
      : new Uint8Array(
          parquetWriteBuffer({
            columnData: names.map((key, column) => ({
              name: key,
              data: cells.map((_, row) => valueOf(column, row)),
              type: numeric.has(key) ? 'DOUBLE' : 'STRING',
            })),
          }),
        )
    const folder = await put(await temporaryFolder(), { [name]: content })
    const chosen = options({ leaveOut: ['id'] })
    const datasetsFolder = join(folder, 'datasets')
    const guess = await inspect(join(folder, name))
    expect(guess.options.table).toEqual(chosen.table)
    const dataset = await importDataset(join(folder, name), chosen, { datasetsFolder })
    const { dataset: fromCsv, inputs } = await load([header, ...rows], chosen)
    expect(dataset).toMatchObject({ sampleShape: [6], id: fromCsv.id, targets: fromCsv.targets })
    const stored = await readFile(join(datasetsFolder, dataset.id, 'inputs.bin'))
    expect(new Float32Array(new Uint8Array(stored).buffer)).toEqual(inputs)
  })

  test('are read by column as it is said: a number as a category, categories as numbers', async () => {
    const kinds = { area: 'category', lift: 'category' } as const
    const chosen = options({ leaveOut: ['id', 'place'], kinds, categories: 'codes' })
    const { dataset, inputs, read } = await load([header, ...rows], chosen)
    expect(dataset.sampleShape).toEqual([2])
    const columns = z
      .array(columnSchema)
      .parse(JSON.parse(Buffer.from(await read('columns.json')).toString()))
    expect(dataset.codes).toEqual(
      columns.map((column) => (column.kind === 'category' ? column.categories.length + 1 : 0)),
    )
    for (const [at, cardinality] of dataset.codes!.entries()) {
      const codes = column(inputs, dataset, at)
      expect(Math.min(...codes)).toBe(1)
      expect(Math.max(...codes)).toBe(cardinality - 1)
    }
    expect(dataset.notes.join(' ')).toContain('unknown ones 0')
    expect(
      (await refusal(load([header, ...rows], options({ kinds: { place: 'number' }, leaveOut: ['id'] }))))
        .code,
    ).toBe('data/nothing-readable')
  })

  test('are spread by quantiles, or left as they are', async () => {
    const skewed = rows.map((row, index) =>
      row.replace(/^\d+,\d*/, `${index},${(Math.exp(index / 6) * 3).toFixed(3)}`),
    )
    const chosen = (scaling: 'quantile' | 'none'): ImportOptions =>
      options({ leaveOut: ['id', 'place', 'lift'], scaling })
    const spread = await load([header, ...skewed], chosen('quantile'))
    const values = column(spread.inputs, spread.dataset, 0)
    expect(mean(values)).toBeCloseTo(0, 5)
    expect(Math.max(...values)).toBeCloseTo(-Math.min(...values), 5)
    const { items } = await preview(spread.dataset, spread.datasetsFolder, {
      split: 'train',
      classIndex: null,
      offset: 0,
      limit: 60,
    })
    const raw = items.map(({ text }) => Number(/area ([\d.]+)/.exec(text!)![1]))
    const order = (of: number[]): number[] => [...of.keys()].sort((a, b) => of[a]! - of[b]!)
    expect(order(values)).toEqual(order(raw))
    // The quartile of a normal distribution stands at 0.674.
    expect(values.filter((value) => value < -0.6745).length / values.length).toBeCloseTo(0.25, 1)
    const plain = await load([header, ...skewed], chosen('none'))
    for (const [row, value] of column(plain.inputs, plain.dataset, 0).entries())
      expect(value).toBeCloseTo(raw[row]!, 2)
  })

  test.each([
    { missing: 'mean', width: 1 },
    { missing: 'median', width: 1 },
    { missing: 'zero', width: 1 },
    { missing: 'indicator', width: 2 },
  ] as const)('take what is missing as $missing', async ({ missing, width }) => {
    const lines = rows.map((row) =>
      row.replace(/^(\d+),(\d+),/, (_, id: string, area: string) => `${id},${area === '57' ? '900' : area},`),
    )
    const chosen = options({ leaveOut: ['id', 'place', 'lift'], missing, scaling: 'none' })
    const { dataset, datasetsFolder, inputs } = await load([header, ...lines], chosen)
    expect(dataset.sampleShape).toEqual([width])
    const { items } = await preview(dataset, datasetsFolder, {
      split: 'train',
      classIndex: null,
      offset: 0,
      limit: 60,
    })
    const known = items.flatMap(({ text }) => /area (\d+)/.exec(text!)?.[1] ?? []).map(Number)
    const middle = known.toSorted((a, b) => a - b)
    const taken = {
      mean: mean(known),
      median: (middle[(middle.length - 1) >> 1]! + middle[middle.length >> 1]!) / 2,
      zero: 0,
      indicator: mean(known),
    }[missing]
    const absent = [...items.keys()].filter((row) => items[row]!.text!.includes('area missing'))
    expect(absent.length).toBeGreaterThan(3)
    for (const row of items.keys()) {
      const stands = inputs[row * width]!
      if (absent.includes(row)) expect(stands).toBeCloseTo(taken, 3)
      if (width === 2) expect(inputs[row * 2 + 1]).toBe(absent.includes(row) ? 1 : 0)
    }
    expect(dataset.notes.join(' ')).toContain(
      missing === 'zero' ? 'taken as 0' : `taken as the ${missing === 'median' ? 'median' : 'mean'}`,
    )
  })

  test('may say which rows train, and which stay together', async () => {
    const parts = ['train', 'train', 'train', 'val', 'test']
    const lines = rows.map((row, index) => `${parts[index % 5]},${row}`)
    const given = await load([`split,${header}`, ...lines], options({ leaveOut: ['id'] }))
    expect(given.dataset).toMatchObject({
      trainCount: 36,
      validationCount: 12,
      testCount: 12,
      sampleShape: [6],
    })
    const split = { given: true, by: 'group', groupColumn: 'place', testShare: 0 } as const
    const many = rows.map((row, index) => row.replace(/north|south|coast/, `place ${index % 20}`))
    const { dataset, datasetsFolder } = await load([header, ...many], {
      ...options({ leaveOut: ['id'] }),
      split,
    })
    expect(dataset.sampleShape).toEqual([3])
    const lone = await inspectPlaces(dataset, datasetsFolder, many)
    for (const sides of lone.values()) expect(sides.size).toBe(1)
    const strange = { ...split, groupColumn: 'street' }
    expect((await refusal(load([header, ...rows], { ...options({}), split: strange }))).code).toBe(
      'data/table-group',
    )
  })

  test('have the same features when a row comes later', async () => {
    const variants = [
      {},
      { scaling: 'quantile', missing: 'indicator' },
      { scaling: 'none', missing: 'median', categories: 'codes' },
    ] as const
    const lines = rows.map((row, index) => row.replace(/north|south/, index % 11 === 0 ? '' : '$&'))
    for (const variant of variants) {
      const { dataset, datasetsFolder, inputs, read } = await load(
        [header, ...lines],
        options({ leaveOut: ['id'], ...variant }),
      )
      const columns = z
        .array(columnSchema)
        .parse(JSON.parse(Buffer.from(await read('columns.json')).toString()))
      const { items } = await preview(dataset, datasetsFolder, {
        split: null,
        classIndex: null,
        offset: 0,
        limit: 60,
      })
      const width = Number(dataset.sampleShape[0])
      for (const [row, { text }] of items.entries()) {
        const cells = Object.fromEntries(
          text!
            .split(' → ')[0]!
            .split(' · ')
            .map((part) => {
              const [name = '', value = ''] = part.split(' ')
              return [name, value === 'missing' ? null : ` ${value} `]
            }),
        )
        expect(prepareRow(cells, columns)).toEqual(inputs.slice(row * width, (row + 1) * width))
      }
      const stranger = prepareRow({ area: 'na', place: 'moon' }, columns)
      expect(stranger).toHaveLength(width)
      expect(stranger.every(Number.isFinite)).toBe(true)
      expect(() => prepareRow({ area: 'wide' }, columns)).toThrow(/"area" is "wide", expected a number/)
    }
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
    { name: 'a first row that is taken for names', lines: rows, table: {}, code: 'data/table-target' },
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
