import { join } from 'node:path'
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { plainTable } from '../../common/data/options.ts'
import type { Check, Dataset } from '../../common/data/dataset.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import {
  idxBytes,
  idxOptions,
  imageOptions,
  put,
  refusal,
  temporaryFolder,
  tokenOptions,
} from '../fixtures.ts'
import { importDataset, samplesAt } from '../index.ts'

interface Loaded {
  dataset: Dataset
  datasetsFolder: string
}

async function load(files: Record<string, string | Uint8Array>, options: ImportOptions): Promise<Loaded> {
  const folder = await temporaryFolder()
  const datasetsFolder = join(folder, 'datasets')
  const path = await put(join(folder, 'set'), files)
  return { dataset: await importDataset(path, options, { datasetsFolder }), datasetsFolder }
}

const found = ({ dataset }: Loaded, kind: Check['kind']): Check | undefined =>
  dataset.checks!.find((check) => check.kind === kind)

/** What stands in the samples of each group, sorted. */
async function groupsOf({ dataset, datasetsFolder }: Loaded, check: Check | undefined): Promise<string[][]> {
  const groups = []
  for (const rows of check?.groups ?? []) {
    const items = await samplesAt(dataset, datasetsFolder, rows)
    groups.push(items.map((item) => `${item.split}: ${item.text ?? item.image!.slice(-24)}`).toSorted())
  }
  return groups.toSorted()
}

const word = (index: number): string =>
  [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
/** All different in their letters too. */
const texts = (count: number, label = (index: number): string => (index % 2 ? 'spam' : 'ham')): string[] =>
  Array.from(
    { length: count },
    (_, index) => `${label(index)}\tthe ${word(index)} message about ${word(index * 7)}`,
  )
const file = (lines: string[]): Record<string, string> => ({ 'a.tsv': `${lines.join('\n')}\n` })

describe('nothing to say', () => {
  test('of texts that are all different and balanced', async () => {
    expect((await load(file(texts(80)), tokenOptions)).dataset.checks).toEqual([])
  })

  test('of images that are all different and balanced', async () => {
    expect((await load(await scenes(['a', 'b'], 12), imageOptions)).dataset.checks).toEqual([])
  })

  test('of a table without equal rows', async () => {
    expect((await load(homes(80), tableOptions)).dataset.checks).toEqual([])
  })
})

describe('the same content', () => {
  test('in one part is a duplicate, and stays in one part', async () => {
    const lines = texts(80)
    const loaded = await load(file([...lines, lines[3]!, lines[3]!, lines[8]!]), tokenOptions)
    const check = found(loaded, 'exact-duplicates')
    expect(check).toMatchObject({ severity: 'note', count: 5 })
    expect(check!.what).toBe('3 texts have the same content as another in the same part.')
    expect((await groupsOf(loaded, check)).map((group) => group.length).toSorted()).toEqual([2, 3])
    for (const group of await groupsOf(loaded, check)) expect(new Set(group).size).toBe(1)
    expect(found(loaded, 'leak')).toBeUndefined()
  })

  test('in given parts is a leak', async () => {
    const train = await scenes(['train/a', 'train/b'], 10)
    const loaded = await load(
      {
        ...train,
        ...(await scenes(['val/a', 'val/b'], 4, 100)),
        'val/a/copy.png': train['train/a/3.png']!,
        'test/b/copy.png': train['train/b/5.png']!,
        'test/a/own.png': await scene(300),
      },
      imageOptions,
    )
    const check = found(loaded, 'leak')
    expect(check).toMatchObject({ severity: 'warning', count: 4 })
    expect(check!.what).toBe(
      '1 image of validation (11 %) and 1 image of the test (50 %) have the same content as an image of another part, so what is measured there is partly learnt by heart.',
    )
    const parts = (await groupsOf(loaded, check)).map((group) => group.map((one) => one.split(':')[0]))
    expect(parts.toSorted()).toEqual([
      ['test', 'train'],
      ['train', 'validation'],
    ])
    expect(loaded.dataset.checks![0]!.kind).toBe('leak')
    expect(found(loaded, 'exact-duplicates')).toBeUndefined()
  })

  test('under two classes is a conflict', async () => {
    const lines = texts(80)
    const loaded = await load(file([...lines, lines[3]!.replace('spam', 'ham')]), tokenOptions)
    expect(found(loaded, 'conflicting-labels')).toMatchObject({ severity: 'warning', count: 2 })
    const items = await samplesAt(
      loaded.dataset,
      loaded.datasetsFolder,
      found(loaded, 'conflicting-labels')!.groups[0]!,
    )
    expect(items.map(({ classIndex }) => classIndex).toSorted()).toEqual([0, 1])
  })

  test('of a table is the same features, whatever is left out, and only a note', async () => {
    const files = homes(80)
    const lines = files['homes.csv']!.split('\n')
    files['homes.csv'] = [
      ...lines,
      lines[5]!.replace(/^\d+/, '900'),
      lines[6]!.replace(/^(\d+)(.*),\w+$/, '901$2,north'),
    ].join('\n')
    const loaded = await load(files, tableOptions)
    expect(found(loaded, 'conflicting-labels')).toMatchObject({ severity: 'note', count: 2 })
    const same = [found(loaded, 'leak'), found(loaded, 'exact-duplicates')]
    expect(same.reduce((sum, check) => sum + (check?.count ?? 0), 0)).toBe(4)
    for (const check of same) if (check) expect(check.severity).toBe('note')
  })
})

describe('nearly the same', () => {
  test('texts but for case, digits and signs', async () => {
    const lines = texts(80)
    const like = 'spam\tThe   DJ message 42 about... cb!'
    expect(lines[39]).toBe('spam\tthe dj message about chd')
    const loaded = await load(file([...lines, like.replace('cb', 'CHD')]), tokenOptions)
    const check = found(loaded, 'near-duplicates')
    expect(check!.count).toBe(2)
    expect(check!.groups).toHaveLength(1)
    const [group] = await groupsOf(loaded, check)
    expect(group!.join()).toContain('The   DJ message 42 about... CHD!')
    expect(check!.severity).toBe(
      new Set(group!.map((one) => one.split(':')[0])).size > 1 ? 'warning' : 'note',
    )
  })

  test('but texts without letters are not alike', async () => {
    const loaded = await load(file([...texts(80), 'ham\t1 2 3', 'ham\t4 5 6']), tokenOptions)
    expect(found(loaded, 'near-duplicates')).toBeUndefined()
  })

  test.each([
    { name: 'saved again as JPEG', change: (image: Sharp) => image.jpeg({ quality: 85 }) },
    { name: 'brighter', change: (image: Sharp) => image.linear(1, 10).png() },
    { name: 'larger', change: (image: Sharp) => image.resize(96, 96).png() },
  ])('images, $name', async ({ change }) => {
    const files = await scenes(['train/a', 'train/b'], 12)
    const again = await change(sharp(files['train/a/4.png'])).toBuffer()
    const loaded = await load(
      { ...files, ...(await scenes(['val/a', 'val/b'], 3, 100)), 'val/a/again.png': again },
      { ...imageOptions, image: { ...imageOptions.image!, height: 32, width: 32 } },
    )
    const check = found(loaded, 'near-duplicates')
    expect(check).toMatchObject({ severity: 'warning', count: 2 })
    expect(check!.what).toMatch(/^2 images look the same as another. 1 of them is held out/)
    expect(check!.groups).toHaveLength(1)
  })

  test('images as large as they are', async () => {
    const files = await scenes(['a', 'b'], 12)
    files['b/again.jpg'] = await sharp(files['b/4.png']).jpeg({ quality: 90 }).toBuffer()
    const image = { ...imageOptions.image!, sizing: 'keep' } as const
    expect(found(await load(files, { ...imageOptions, image }), 'near-duplicates')).toMatchObject({
      count: 2,
    })
  })

  test('but plain images, all of one colour, are not', async () => {
    const pixels = Array.from({ length: 60 }, (_, item) => Array.from({ length: 64 }, () => item)).flat()
    const labels = Array.from({ length: 60 }, (_, item) => item % 2)
    const loaded = await load(
      {
        'train-images-idx3-ubyte': idxBytes(0x803, [60, 8, 8], pixels),
        'train-labels-idx1-ubyte': idxBytes(0x801, [60], labels),
      },
      idxOptions,
    )
    expect(loaded.dataset.checks).toEqual([])
  })
})

describe('classes', () => {
  test('of very different sizes', async () => {
    const loaded = await load(file(texts(120, (index) => (index % 12 ? 'ham' : 'spam'))), {
      ...tokenOptions,
      split: { ...tokenOptions.split, by: 'stratified' },
    })
    const check = found(loaded, 'imbalance')
    expect(check).toMatchObject({ severity: 'warning', count: 7 })
    expect(check!.what).toContain('"ham", has 82 training texts, the smallest, "spam", 7: 12 times as many')
    expect(check!.what).toContain('right for 92 %')
    expect(check!.mend).toContain('counts 12 times one of "ham"')
  })

  test('absent from a part, and a part of one class', async () => {
    const files = {
      ...(await scenes(['train/a', 'train/b', 'train/c'], 6)),
      ...(await scenes(['val/a', 'val/b'], 3, 100)),
      ...(await scenes(['test/c'], 2, 200)),
    }
    const loaded = await load(files, imageOptions)
    expect(found(loaded, 'empty-class')).toMatchObject({
      severity: 'note',
      what: '1 class has no image in validation: c.',
      count: 1,
    })
    expect(found(loaded, 'one-class-split')).toMatchObject({
      severity: 'warning',
      what: 'All of the test (2) is of one class, "c".',
      count: 2,
    })
  })
})

describe('columns and samples left out', () => {
  test('columns that never change', async () => {
    const files = homes(80)
    files['homes.csv'] = files['homes.csv']!.split('\n')
      .map((row, index) => (index ? `7,${row}` : `town,${row}`))
      .join('\n')
    expect(found(await load(files, tableOptions), 'constant-column')).toMatchObject({
      what: '1 column is always the same in training and is left out: town.',
    })
  })

  test('samples set aside are counted, warned of from a twentieth, and refused from the limit', async () => {
    const bad = (count: number): string[] => Array.from({ length: count }, () => 'ham\t')
    const few = await load(file([...texts(80), ...bad(2)]), tokenOptions)
    expect(found(few, 'set-aside')).toMatchObject({ severity: 'note', count: 2 })
    expect(found(few, 'set-aside')!.what).toMatch(
      /^2 texts were set aside, 2.4 % of 82; the first: .*a.tsv:81: the text is empty\.$/,
    )
    const many = await load(file([...texts(80), ...bad(20)]), tokenOptions)
    expect(found(many, 'set-aside')).toMatchObject({ severity: 'warning', count: 20 })
    const limit = { ...tokenOptions, mostSetAside: 0.1 }
    const refused = await refusal(load(file([...texts(80), ...bad(20)]), limit))
    expect(refused.code).toBe('data/set-aside')
    expect((await load(file([...texts(90), ...bad(10)]), limit)).dataset.problemCount).toBe(10)
  })

  test('unreadable images count too', async () => {
    const files: Record<string, string | Uint8Array> = await scenes(['a', 'b'], 20)
    for (let index = 0; index < 15; index += 1) files[`a/bad${index}.png`] = `no image ${index}`
    const limit = { ...imageOptions, mostSetAside: 0.2 }
    expect((await refusal(load(files, limit))).code).toBe('data/set-aside')
    expect(found(await load(files, imageOptions), 'set-aside')).toMatchObject({
      severity: 'warning',
      count: 15,
    })
  })
})

const tableOptions: ImportOptions = {
  ...idxOptions,
  kind: 'table',
  table: { ...plainTable, target: 'place', task: 'classify', leaveOut: ['id'] },
}

function homes(count: number): Record<string, string> {
  const rows = Array.from(
    { length: count },
    (_, row) => `${row},${40 + ((row * 13) % 500)},${(row * 7) % 11},${['north', 'south', 'coast'][row % 3]}`,
  )
  return { 'homes.csv': ['id,area,rooms,place', ...rows].join('\n') }
}

/** A picture with soft shapes, another one for each seed. */
function scene(seed: number, side = 48): Promise<Buffer> {
  const pixels = Buffer.alloc(side * side * 3)
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1)
      for (let channel = 0; channel < 3; channel += 1)
        pixels[3 * (y * side + x) + channel] =
          128 +
          60 * Math.sin((x / side) * (3 + (seed % 7)) + seed * (channel + 1)) +
          50 * Math.cos((y / side) * (2 + 2 * (seed % 5)) + (x / side) * (seed % 3) + seed)
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer()
}

async function scenes(classes: readonly string[], each: number, from = 0): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {}
  for (const [index, name] of classes.entries())
    for (let item = 0; item < each; item += 1)
      files[`${name}/${item}.png`] = await scene(from + index * each + item + 1)
  return files
}
