import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { idxBytes, idxOptions, idxPair, put, refusal, temporaryFolder, zipped } from '../fixtures.ts'
import { importDataset, inspect } from '../index.ts'

async function source(files: Record<string, Uint8Array>): Promise<{ path: string; datasetsFolder: string }> {
  const folder = await temporaryFolder()
  return { path: await put(join(folder, 'set'), files), datasetsFolder: join(folder, 'datasets') }
}

const load = ({ path, datasetsFolder }: { path: string; datasetsFolder: string }) =>
  importDataset(path, idxOptions, { datasetsFolder })

describe('reading IDX', () => {
  test('takes both parts as the split, plain and gzip alike', async () => {
    const files = { ...idxPair(9), ...idxPair(6, 't10k', 100) }
    const plain = await source(files)
    const packed = await source(zipped(files))
    const guess = await inspect(plain.path)
    expect(guess).toMatchObject({ givenSplit: true, sampleCount: 15, options: { kind: 'idx', name: 'set' } })
    expect(guess.classes).toEqual(['0', '1', '2'].map((name) => ({ name, count: 5 })))

    const dataset = await load(plain)
    expect(dataset).toMatchObject({ trainCount: 9, validationCount: 6, sampleShape: [1, 2, 3] })
    expect(dataset.classes).toEqual(
      ['0', '1', '2'].map((name) => ({ name, train: 3, validation: 2, test: 0 })),
    )
    expect(dataset.sizes).toEqual([{ width: 3, height: 2, count: 15 }])
    expect((await load(packed)).id).toBe(dataset.id)
  })

  test('keeps every image with its label', async () => {
    const paths = await source(idxPair(30))
    const dataset = await load(paths)
    const inputs = await readFile(join(paths.datasetsFolder, dataset.id, 'inputs.bin'))
    const labels = await readFile(join(paths.datasetsFolder, dataset.id, 'labels.bin'))
    const seen = Array.from({ length: 30 }, (_, row) => {
      expect([...inputs.subarray(row * 6 + 2, row * 6 + 6)]).toEqual([14, 21, 28, 35])
      expect(Number(labels.readBigInt64LE(row * 8))).toBe(inputs[row * 6]! % 3)
      return inputs[row * 6]!
    })
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, item) => item))
    expect(seen).not.toEqual(seen.toSorted((a, b) => a - b))
  })

  test('splits one part by hash, and finds the set from one of its files, dotted names too', async () => {
    const { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels } = idxPair(400)
    const paths = await source({ 't10k-images.idx3-ubyte': images!, 't10k-labels.idx1-ubyte': labels! })
    const guess = await inspect(join(paths.path, 't10k-labels.idx1-ubyte'))
    expect(guess.givenSplit).toBe(false)
    expect(guess.reasons.join(' ')).toContain('Only t10k-images.idx3-ubyte is there')
    const dataset = await load(paths)
    expect(dataset.trainCount + dataset.validationCount).toBe(400)
    expect(dataset.validationCount).toBeGreaterThan(70)
    expect(dataset.validationCount).toBeLessThan(130)
  })

  test('reads the plain file where both are there', async () => {
    const files = idxPair(20)
    const { path } = await source({ ...files, ...zipped(files) })
    expect((await inspect(path)).reasons).toContain(
      'train-images-idx3-ubyte is read, train-images-idx3-ubyte.gz is not.',
    )
  })

  test('numbers classes by the label values that occur', async () => {
    const files = idxPair(20)
    files['train-labels-idx1-ubyte'] = idxBytes(
      0x801,
      [20],
      Array.from({ length: 20 }, (_, item) => [3, 7][item % 2]!),
    )
    const dataset = await load(await source(files))
    expect(dataset.classes.map(({ name }) => name)).toEqual(['3', '7'])
  })
})

describe('refusing IDX', () => {
  const images = 'train-images-idx3-ubyte'
  const labels = 'train-labels-idx1-ubyte'
  const good = idxPair(20)
  const cases: { name: string; files: Record<string, Buffer>; code: string; says: string[] }[] = [
    {
      name: 'another magic number',
      files: { ...good, [images]: idxBytes(0x802, [20, 6], []) },
      code: 'data/idx-magic',
      says: ['2,050', '2,051'],
    },
    {
      name: 'images and labels swapped',
      files: { [images]: good[labels]!, [labels]: good[images]! },
      code: 'data/idx-magic',
      says: ['2,049', '2,051', 'swapped'],
    },
    {
      name: 'truncated images',
      files: { ...good, [images]: good[images]!.subarray(0, 100) },
      code: 'data/idx-truncated',
      says: ['20 images of 2 x 3', '136 bytes', '100'],
    },
    {
      name: 'truncated images inside a whole gzip file',
      files: { [labels]: good[labels]!, [`${images}.gz`]: gzipSync(good[images]!.subarray(0, 100)) },
      code: 'data/idx-truncated',
      says: ['136 bytes', '100'],
    },
    {
      name: 'a truncated gzip file',
      files: { [labels]: good[labels]!, [`${images}.gz`]: gzipSync(good[images]!).subarray(0, 40) },
      code: 'data/idx-truncated',
      says: ['truncated gzip'],
    },
    {
      name: 'a damaged gzip file',
      files: { [labels]: good[labels]!, [`${images}.gz`]: damaged(gzipSync(good[images]!)) },
      code: 'data/gzip-corrupt',
      says: ['damaged gzip'],
    },
    {
      name: 'a header cut short',
      files: { ...good, [images]: good[images]!.subarray(0, 10) },
      code: 'data/idx-truncated',
      says: ['16 bytes', '10'],
    },
    {
      name: 'more bytes than the header says',
      files: { ...good, [labels]: Buffer.concat([good[labels]!, Buffer.alloc(5)]) },
      code: 'data/idx-length',
      says: ['28 bytes', '33'],
    },
    {
      name: 'no items',
      files: { [images]: idxBytes(0x803, [0, 2, 3], []), [labels]: idxBytes(0x801, [0], []) },
      code: 'data/idx-empty',
      says: ['0 elements'],
    },
    {
      name: 'a size beyond reason',
      files: { ...good, [images]: idxBytes(0x803, [4_000_000_000, 28, 28], []) },
      code: 'data/too-large',
      says: ['4,000,000,000'],
    },
    {
      name: 'different counts',
      files: { ...good, [labels]: idxPair(19)[labels]! },
      code: 'data/idx-count',
      says: ['20 images', '19 labels'],
    },
    { name: 'no labels', files: { [images]: good[images]! }, code: 'data/idx-no-labels', says: [labels] },
    { name: 'no images', files: { [labels]: good[labels]! }, code: 'data/idx-no-images', says: [images] },
    {
      name: 'a lone label far out of range',
      files: {
        ...good,
        [labels]: idxBytes(0x801, [20], [...Array<number>(19).keys()].map((n) => n % 3).concat(200)),
      },
      code: 'data/label-range',
      says: ['label 200', 'item 19'],
    },
    {
      name: 'a validation label that training has not',
      files: {
        ...good,
        ...idxPair(4, 't10k', 50),
        't10k-labels-idx1-ubyte': idxBytes(0x801, [4], [0, 1, 5, 2]),
      },
      code: 'data/label-range',
      says: ['label 5', 'item 2', '0 to 2'],
    },
    {
      name: 'parts of different sizes',
      files: {
        ...good,
        ...idxPair(4, 't10k'),
        't10k-images-idx3-ubyte': idxBytes(0x803, [4, 3, 3], Array<number>(36).fill(1)),
      },
      code: 'data/idx-size',
      says: ['2 x 3', '3 x 3'],
    },
    {
      name: 'one class',
      files: { ...good, [labels]: idxBytes(0x801, [20], Array<number>(20).fill(4)) },
      code: 'data/one-class',
      says: ['only one class: 4'],
    },
    {
      name: 'several sets in one folder',
      files: { ...good, ...idxPair(4, 'letters-train') },
      code: 'data/idx-several',
      says: ['2 IDX sets'],
    },
  ]
  test.each(cases)('$name', async ({ files, code, says }) => {
    const paths = await source(files)
    const refused = await refusal(load(paths))
    expect(refused.code).toBe(code)
    for (const part of says) expect(`${refused.what} ${refused.mend}`).toContain(part)
  })
})

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy.fill(0xff, 12, 30)
  return copy
}
