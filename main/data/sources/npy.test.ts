import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { plainOptions } from '../../common/data/options.ts'
import type { Dataset } from '../../common/data/dataset.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import { put, refusal, temporaryFolder } from '../fixtures.ts'
import { importDataset, inspect } from '../index.ts'
import { npyBytes } from './made.ts'

const options: ImportOptions = { ...plainOptions, kind: 'npy', name: 'arrays', validationShare: 0.5 }

/** `count` images of 2 x 3, the first byte of each its number. */
const images = (count: number, from = 0): Buffer =>
  npyBytes(
    '|u1',
    [count, 2, 3],
    Array.from({ length: 6 * count }, (_, at) => (at % 6 === 0 ? from + at / 6 : 10 * (at % 6))),
  )
const labels = (count: number): Buffer =>
  npyBytes(
    '|i1',
    [count],
    Array.from({ length: count }, (_, item) => item % 2),
  )

async function source(
  files: Record<string, string | Uint8Array>,
): Promise<{ path: string; datasetsFolder: string }> {
  const folder = await temporaryFolder()
  return { path: await put(join(folder, 'set'), files), datasetsFolder: join(folder, 'datasets') }
}

async function samplesOf(dataset: Dataset, datasetsFolder: string): Promise<number[][]> {
  const bytes = await readFile(join(datasetsFolder, dataset.id, 'inputs.bin'))
  const size = dataset.sampleShape.map(Number).reduce((a, b) => a * b)
  return Array.from({ length: bytes.length / size }, (_, at) => [
    ...bytes.subarray(at * size, (at + 1) * size),
  ])
}

describe('reading NumPy arrays', () => {
  test('takes the parts of an .npz as the split, packed or not', async () => {
    const arrays = {
      'x_train.npy': images(8),
      'y_train.npy': labels(8),
      'x_test.npy': images(4, 100),
      'y_test.npy': labels(4),
    }
    const { path, datasetsFolder } = await source({
      'packed.npz': zipSync(arrays, { level: 6 }),
      'stored.npz': zipSync(arrays, { level: 0 }),
    })
    const guess = await inspect(join(path, 'packed.npz'))
    expect(guess).toMatchObject({
      givenSplit: true,
      sampleCount: 12,
      options: { kind: 'npy', name: 'packed' },
    })
    expect(guess.classes).toEqual(['0', '1'].map((name) => ({ name, count: 6 })))
    expect(guess.reasons).toContain('x_train is for training, x_test for validation.')
    const dataset = await importDataset(join(path, 'packed.npz'), options, { datasetsFolder })
    expect(dataset).toMatchObject({ trainCount: 8, validationCount: 4, sampleShape: [1, 2, 3] })
    const samples = await samplesOf(dataset, datasetsFolder)
    expect(samples.map(([first]) => first!).sort((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 100, 101, 102, 103,
    ])
    expect(samples[0]!.slice(1)).toEqual([10, 20, 30, 40, 50])
    const stored = await importDataset(join(path, 'stored.npz'), options, { datasetsFolder })
    expect(stored.id).toBe(dataset.id)
  })

  test('keeps a third part for a last test', async () => {
    const files: Record<string, Buffer> = {}
    for (const [at, part] of ['train', 'val', 'test'].entries()) {
      files[`${part}_images.npy`] = images(4, 10 * at)
      files[`${part}_labels.npy`] = labels(4)
    }
    const { path, datasetsFolder } = await source(files)
    const dataset = await importDataset(path, options, { datasetsFolder })
    expect(dataset).toMatchObject({ trainCount: 4, validationCount: 4, testCount: 4 })
  })

  /** Written by NumPy 2.4: np.savez_compressed(images=np.arange(24, 'u1').reshape(4, 3, 2), labels=[7, 9, 7, 9] of '>i2'). */
  const byNumPy =
    'UEsDBC0AAAAIAAAAIQDdFRdX//////////8KABQAaW1hZ2VzLm5weQEAEACYAAAAAAAAAGEAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaJjoKxjoKRpo6CrUK5AEuBkYmZhZWNnYOTi5uHl4+fgFBIWERUTFxAFBLAwQtAAAACAAAACEAY3ZFHv//////////CgAUAGxhYmVscy5ucHkBABAAiAAAAAAAAABKAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6XaaSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6mjoKtQoUAC4GdgZOEAYAUEsBAi0DLQAAAAgAAAAhAN0VF1dhAAAAmAAAAAoAAAAAAAAAAAAAAIABAAAAAGltYWdlcy5ucHlQSwECLQMtAAAACAAAACEAY3ZFHkoAAACIAAAACgAAAAAAAAAAAAAAgAGdAAAAbGFiZWxzLm5weVBLBQYAAAAAAgACAHAAAAAjAQAAAAA='
  /** Also: np.save(np.asfortranarray(np.arange(12, dtype='<f2').reshape(2, 2, 3) / 11)). */
  const fortranHalf =
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAF04XTSMOtEtFznRNUY70THROUY3ADw='

  test('reads what NumPy wrote: zip64 archives, big-endian labels, halves in Fortran order', async () => {
    const { path, datasetsFolder } = await source({
      'a.npz': Buffer.from(byNumPy, 'base64'),
      'half/X.npy': Buffer.from(fortranHalf, 'base64'),
      'half/y.npy': npyBytes(
        '<U3',
        [2],
        Buffer.concat(
          ['cat', 'dog'].map((name) =>
            Buffer.from([...name].flatMap((letter) => [letter.charCodeAt(0), 0, 0, 0])),
          ),
        ),
      ),
    })
    const guess = await inspect(join(path, 'a.npz'))
    expect(guess.classes).toEqual(['7', '9'].map((name) => ({ name, count: 2 })))
    const dataset = await importDataset(
      join(path, 'a.npz'),
      { ...options, validationShare: 0.3 },
      { datasetsFolder },
    )
    const samples = await samplesOf(dataset, datasetsFolder)
    expect(samples.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, at) => at))
    for (const sample of samples) expect(sample[5]! - sample[0]!).toBe(5)

    const half = await inspect(join(path, 'half'))
    expect(half.classes.map(({ name }) => name)).toEqual(['cat', 'dog'])
    expect(half.reasons.join(' ')).toContain('were multiplied by 255')
  })

  const floats = (values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer)
  test.each([
    {
      name: 'HWC',
      array: npyBytes('|u1', [2, 1, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
      shape: [3, 1, 2],
      first: [1, 4, 2, 5, 3, 6],
    },
    {
      name: 'CHW',
      array: npyBytes('|u1', [2, 3, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
      shape: [3, 1, 2],
      first: [1, 2, 3, 4, 5, 6],
    },
    {
      name: 'Fortran order',
      array: npyBytes('|u1', [2, 1, 3], [1, 4, 2, 5, 3, 6], true),
      shape: [1, 1, 3],
      first: [1, 2, 3],
    },
    {
      name: 'floats in 0..1',
      array: npyBytes('<f4', [2, 1, 2], floats([0, 1, 0.5, 0.2])),
      shape: [1, 1, 2],
      first: [0, 255],
    },
    {
      name: 'floats in 0..255',
      array: npyBytes('<f4', [2, 1, 2], floats([0, 254.6, 3, 9])),
      shape: [1, 1, 2],
      first: [0, 255],
    },
    {
      name: 'floats in -1..1',
      array: npyBytes('<f4', [2, 1, 2], floats([-1, 1, 0, 0.5])),
      shape: [1, 1, 2],
      first: [0, 255],
    },
    {
      name: '16 bits, big endian',
      array: npyBytes('>u2', [2, 1, 2], [0, 0, 0xff, 0xff, 1, 1, 2, 2]),
      shape: [1, 1, 2],
      first: [0, 255],
    },
    { name: 'booleans', array: npyBytes('|b1', [2, 1, 2], [0, 1, 1, 1]), shape: [1, 1, 2], first: [0, 255] },
  ])('stores planes of bytes: $name', async ({ array, shape, first }) => {
    const { path, datasetsFolder } = await source({ 'images.npy': array, 'labels.npy': labels(2) })
    // Whatever side each of the two falls on.
    for (const validationShare of [0.05, 0.2, 0.35, 0.5]) {
      const dataset = await importDataset(path, { ...options, validationShare }, { datasetsFolder }).catch(
        () => null,
      )
      if (!dataset) continue
      expect(dataset.sampleShape).toEqual(shape)
      expect(await samplesOf(dataset, datasetsFolder)).toContainEqual(first)
    }
    expect((await inspect(path)).sampleCount).toBe(2)
  })
})

describe('refusing NumPy arrays', () => {
  const cut = (bytes: Buffer, length: number): Buffer => bytes.subarray(0, bytes.length - length)
  const named = (descr: string): Buffer =>
    Buffer.from(images(4).toString('latin1').replace("'|u1'", descr), 'latin1')
  const float = (value: number): Buffer =>
    npyBytes('<f8', [2, 1, 1], Buffer.from(Float64Array.of(value, 3).buffer))

  test.each([
    {
      name: 'no array',
      files: { 'X.npy': 'no array at all', 'y.npy': labels(4) },
      code: 'npy-magic',
      says: 'X.npy',
    },
    {
      name: 'an empty file',
      files: { 'X.npy': '', 'y.npy': labels(4) },
      code: 'npy-truncated',
      says: '0 bytes',
    },
    {
      name: 'a header cut short',
      files: { 'X.npy': images(4).subarray(0, 40), 'y.npy': labels(4) },
      code: 'npy-truncated',
      says: 'header',
    },
    {
      name: 'data cut short',
      files: { 'X.npy': cut(images(4), 5), 'y.npy': labels(4) },
      code: 'npy-truncated',
      says: 'need 24 bytes, found 19',
    },
    {
      name: 'more data than said',
      files: { 'X.npy': Buffer.concat([images(4), images(1)]), 'y.npy': labels(4) },
      code: 'npy-length',
      says: 'longer',
    },
    {
      name: 'pickled objects',
      files: { 'X.npy': named("'|O'"), 'y.npy': labels(4) },
      code: 'npy-pickle',
      says: 'pickled',
    },
    {
      name: 'complex numbers',
      files: { 'X.npy': named("'<c8'"), 'y.npy': labels(4) },
      code: 'npy-type',
      says: '<c8',
    },
    {
      name: 'records',
      files: { 'X.npy': named("[('a', '<f4')]"), 'y.npy': labels(4) },
      code: 'npy-type',
      says: 'named fields',
    },
    {
      name: 'a claim of too much',
      files: { 'X.npy': npyBytes('<f8', [100000, 1000, 1000], []), 'y.npy': labels(4) },
      code: 'too-large',
      says: '100,000 x 1,000 x 1,000',
    },
    {
      name: 'no elements',
      files: { 'X.npy': npyBytes('|u1', [0, 2, 3], []), 'y.npy': labels(4) },
      code: 'npy-empty',
      says: '0 x 2 x 3',
    },
    { name: 'no labels', files: { 'X.npy': images(4) }, code: 'npy-no-labels', says: 'X' },
    { name: 'no samples', files: { 'y_train.npy': labels(4) }, code: 'npy-no-samples', says: 'y_train' },
    {
      name: 'another number of labels',
      files: { 'X.npy': images(4), 'y.npy': labels(3) },
      code: 'npy-count',
      says: '4 samples',
    },
    {
      name: 'numbers to predict',
      files: {
        'X.npy': images(4),
        'y.npy': npyBytes('<f4', [4], Buffer.from(Float32Array.of(0.25, 1, 2, 3).buffer)),
      },
      code: 'npy-labels',
      says: '0.25',
    },
    {
      name: 'rows that are not one-hot',
      files: { 'X.npy': images(2), 'y.npy': npyBytes('|u1', [2, 2], [1, 1, 0, 1]) },
      code: 'npy-labels',
      says: 'one-hot',
    },
    {
      name: 'five axes',
      files: { 'X.npy': npyBytes('|u1', [2, 1, 1, 1, 1], [1, 2]), 'y.npy': labels(2) },
      code: 'npy-shape',
      says: '2 x 1 x 1 x 1 x 1',
    },
    {
      name: 'standardised images',
      files: { 'X.npy': float(-2.5), 'y.npy': labels(2) },
      code: 'npy-range',
      says: '-2.50 to 3',
    },
    {
      name: 'values that are no numbers',
      files: { 'X.npy': float(NaN), 'y.npy': labels(2) },
      code: 'npy-range',
      says: 'no numbers',
    },
    {
      name: 'parts of two sizes',
      files: {
        'x_train.npy': images(4),
        'y_train.npy': labels(4),
        'x_test.npy': npyBytes('|u1', [2, 1, 1], [1, 2]),
        'y_test.npy': labels(2),
      },
      code: 'npy-shape',
      says: 'The parts differ',
    },
    {
      name: 'a label that training has not',
      files: {
        'x_train.npy': images(4),
        'y_train.npy': labels(4),
        'x_test.npy': images(1),
        'y_test.npy': npyBytes('|u1', [1], [9]),
      },
      code: 'label-range',
      says: 'label 9',
    },
  ])('$name', async ({ files, code, says }) => {
    const { path, datasetsFolder } = await source(files as unknown as Record<string, Buffer>)
    const refused = await refusal(inspect(path))
    expect(refused).toMatchObject({ code: `data/${code}`, what: expect.stringContaining(says) as string })
    expect((await refusal(importDataset(path, options, { datasetsFolder }))).code).toBe(`data/${code}`)
  })

  test('damaged archives, and one that unpacks to far more than it says', async () => {
    const whole = Buffer.from(zipSync({ 'x.npy': images(40), 'y.npy': labels(40) }))
    const bomb = Buffer.concat([images(4), Buffer.alloc(40 << 20)])
    const { path } = await source({
      'cut.npz': cut(whole, whole.length - 120),
      'flipped.npz': Buffer.from(whole.map((byte, at) => (at > 60 && at < 160 ? byte ^ 0x5a : byte))),
      'text.npz': 'no archive',
      'empty.npz': zipSync({ 'readme.txt': Buffer.from('nothing') }),
      'bomb.npz': zipSync({ 'x.npy': bomb, 'y.npy': labels(4) }),
    })
    const codes: Record<string, string> = {}
    for (const name of ['cut', 'flipped', 'text', 'empty', 'bomb'])
      codes[name] = (await refusal(inspect(join(path, `${name}.npz`)))).code
    expect(['data/npz-damaged', 'data/npy-truncated']).toContain(codes.cut)
    expect(codes.flipped).toMatch(/^data\/np[yz]-/)
    expect(codes).toMatchObject({
      text: 'data/npz-damaged',
      empty: 'data/npy-names',
      bomb: 'data/npy-length',
    })
  })
})

describe('NumPy arrays of features', () => {
  const floats = (shape: number[], value: (at: number) => number, fortran = false): Buffer => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, at) => value(at))
    return npyBytes('<f4', shape, Buffer.from(data.buffer), fortran)
  }

  test('are a table: rows of numbers with classes, NaN as missing, either memory order', async () => {
    // By columns in memory: f0 is 0..29, f1 is 30..59 with one value missing.
    const { path, datasetsFolder } = await source({
      'X.npy': floats([30, 2], (at) => (at === 31 ? NaN : at), true),
      'y.npy': labels(30),
    })
    const guess = await inspect(path)
    expect(guess).toMatchObject({
      task: 'classify',
      sampleCount: 30,
      columns: ['f0', 'f1', 'y'],
      headerRow: false,
      classes: ['0', '1'].map((name) => ({ name, count: 15 })),
      options: { kind: 'table', name: 'set', table: { target: 'y', task: 'classify', leaveOut: [] } },
    })
    expect(guess.reasons[0]).toBe('X.npy is 30 x 2: 30 rows of 2 features.')
    const dataset = await importDataset(path, guess.options, { datasetsFolder })
    expect(dataset).toMatchObject({ task: 'classify', sampleShape: [2], storedDtype: 'float32' })
    const items = JSON.parse(
      await readFile(join(datasetsFolder, dataset.id, 'items.json'), 'utf8'),
    ) as string[]
    expect(items).toHaveLength(30)
    expect(items).toContain('f0 1 · f1 missing → 1')
    expect(items).toContain('f0 7 · f1 37 → 1')
  })

  test('parts of an .npz are the split; numbers are predicted as numbers, one feature is enough', async () => {
    const { path, datasetsFolder } = await source({
      'line.npz': zipSync({
        'x_train.npy': floats([40], (at) => at),
        'y_train.npy': floats([40], (at) => 2 * at + 0.5),
        'x_test.npy': floats([10, 1], (at) => 100 + at),
        'y_test.npy': floats([10], (at) => 200.5 + 2 * at),
      }),
    })
    const guess = await inspect(join(path, 'line.npz'))
    expect(guess).toMatchObject({
      task: 'regress',
      sampleCount: 50,
      givenSplit: true,
      columns: ['f0', 'split', 'y'],
      options: { kind: 'table', name: 'line' },
    })
    const dataset = await importDataset(join(path, 'line.npz'), guess.options, { datasetsFolder })
    expect(dataset).toMatchObject({ trainCount: 40, validationCount: 10, sampleShape: [1] })
    expect(dataset.targets[0]!.name).toBe('y')
    expect(dataset.targets[0]!.mean).toBeCloseTo(39.5)
  })

  test('one-hot labels are classes; flat images are told apart', async () => {
    const { path } = await source({
      'data.npy': floats([20, 64], (at) => (at * 7) % 5),
      'labels.npy': npyBytes(
        '|u1',
        [20, 2],
        Array.from({ length: 40 }, (_, at) => Number(at % 2 === (at >> 1) % 2)),
      ),
    })
    const guess = await inspect(path)
    expect(guess.classes).toEqual(['0', '1'].map((name) => ({ name, count: 10 })))
    expect(guess.reasons.join(' ')).toContain('arrays of samples x 8 x 8 are read as images')
  })

  test.each([
    ['parts of two widths', { 'x_test.npy': floats([4, 3], () => 1) }, 'npy-shape', '2 features in x_train'],
    ['labels of another number', { 'y_test.npy': labels(3) }, 'npy-count', '3 labels'],
    ['several numbers to predict', { 'y_test.npy': floats([4, 2], (at) => at) }, 'npy-labels', '4 x 2'],
  ])('refuses %s', async (_, change, code, says) => {
    const { path } = await source({
      'x_train.npy': floats([8, 2], (at) => at),
      'y_train.npy': labels(8),
      'x_test.npy': floats([4, 2], (at) => at),
      'y_test.npy': labels(4),
      ...change,
    })
    const refused = await refusal(inspect(path))
    expect(refused).toMatchObject({ code: `data/${code}`, what: expect.stringContaining(says) as string })
  })
})
