import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { exampleDataset } from '../common/data/datasetFixture.ts'
import { scope } from '../engine/index.ts'
import { Batches } from './batches.ts'

const settings = { batchSize: 2, tokenBudget: null, balance: 'none', seed: 1 } as const

const classes = ['a', 'b'].map((name) => ({ name, train: 1, validation: 1 }))

async function open(files: Record<string, NodeJS.ArrayBufferView>, part: object): Promise<Batches> {
  const folder = await mkdtemp(join(tmpdir(), 'tapedeck-batches-'))
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  const dataset = exampleDataset({ classes, ...part })
  const batches = new Batches(dataset, folder)
  onTestFinished(async () => {
    batches.dispose()
    await rm(folder, { recursive: true })
  })
  return batches
}

const integers = (...values: number[]): BigInt64Array => BigInt64Array.from(values, BigInt)

test('images are normalised, each with its class', async () => {
  const batches = await open(
    { 'inputs.bin': Uint8Array.from([0, 10, 20, 30, 40, 50]), 'labels.bin': integers(0, 1, 1) },
    { sampleShape: [1, 1, 2], storedDtype: 'uint8', trainCount: 2, validationCount: 1, mean: 10, std: 5 },
  )
  scope(() => {
    const { inputs, targets, extents, size } = batches.take(Uint32Array.of(2, 0))
    expect(inputs.shape).toEqual([2, 1, 1, 2])
    expect(inputs.toArray()).toEqual([6, 8, -2, 0])
    expect(targets.toArray()).toEqual([1, 0])
    expect([extents, size]).toEqual([{}, 2])
  })
  expect(batches.rowsOf('validation')).toEqual([Uint32Array.of(2)])
  expect(batches.epoch(settings, 1)).toHaveLength(1)
})

test('every channel of images is normalised by its own mean and deviation', async () => {
  const batches = await open(
    { 'inputs.bin': Uint8Array.from([0, 10, 20, 30, 7, 7]), 'labels.bin': integers(0) },
    {
      sampleShape: [3, 1, 2],
      storedDtype: 'uint8',
      trainCount: 1,
      validationCount: 0,
      mean: 12,
      std: 11,
      channels: [
        { mean: 5, std: 5 },
        { mean: 20, std: 10 },
        { mean: 7, std: 0 },
      ],
    },
  )
  scope(() => expect(batches.take(Uint32Array.of(0)).inputs.toArray()).toEqual([-1, 1, 0, 1, 0, 0]))
})

test('texts are padded to the longest of their batch and say how long each is', async () => {
  const batches = await open(
    {
      'inputs.bin': Int32Array.from([2, 3, 4, 5, 6, 7, 8, 9]),
      'rows.bin': integers(0, 3, 3, 1, 4, 4),
      'labels.bin': integers(1, 0, 1),
    },
    {
      sampleShape: ['T'],
      storedDtype: 'int32',
      content: 'tokens',
      vocabularySize: 10,
      trainCount: 2,
      validationCount: 1,
    },
  )
  scope(() => {
    const batch = batches.take(Uint32Array.of(1, 2, 0))
    expect(batch.inputs.dtype).toBe('int64')
    expect(batch.inputs.shape).toEqual([3, 4])
    expect(batch.inputs.toArray()).toEqual([5, 0, 0, 0, 6, 7, 8, 9, 2, 3, 4, 0])
    expect(batch.extents).toEqual({ T: [1, 4, 3] })
    expect(batch.targets.toArray()).toEqual([0, 1, 1])
  })
  expect(batches.rowsOf('validation')).toEqual([Uint32Array.of(2)])
})

test('blocks of a running text come with the tokens one further on', async () => {
  const batches = await open(
    { 'inputs.bin': Int32Array.from([2, 3, 4, 5, 6, 7]), 'rows.bin': integers(0, 1, 2) },
    {
      sampleShape: [3],
      storedDtype: 'int32',
      content: 'tokens',
      task: 'next-token',
      trainCount: 2,
      validationCount: 1,
    },
  )
  scope(() => {
    const { inputs, targets } = batches.take(Uint32Array.of(2, 0))
    expect([inputs.shape, inputs.dtype]).toEqual([[2, 3], 'int64'])
    expect(inputs.toArray()).toEqual([4, 5, 6, 2, 3, 4])
    expect(targets.toArray()).toEqual([5, 6, 7, 3, 4, 5])
  })
})

test('rows of a table come with the numbers to predict', async () => {
  const batches = await open(
    { 'inputs.bin': Float32Array.from([1, -1, 0.5, 0, 2, 2]), 'targets.bin': Float32Array.from([3, -1, 0]) },
    {
      sampleShape: [2],
      storedDtype: 'float32',
      task: 'regress',
      targets: [{ name: 'price', mean: 10, std: 2 }],
      trainCount: 2,
      validationCount: 1,
    },
  )
  scope(() => {
    const { inputs, targets } = batches.take(Uint32Array.of(1, 2))
    expect(inputs.toArray()).toEqual([0.5, 0, 2, 2])
    expect([targets.shape, targets.toArray()]).toEqual([
      [2, 1],
      [-1, 0],
    ])
  })
})

test('images of any size share a batch with those of their size only', async () => {
  const batches = await open(
    {
      'inputs.bin': Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
      'rows.bin': integers(0, 1, 2, 2, 2, 1, 4, 1, 2, 6, 1, 2),
      'labels.bin': integers(0, 1, 1, 0),
    },
    { sampleShape: [1, 'H', 'W'], storedDtype: 'uint8', trainCount: 3, validationCount: 1 },
  )
  expect(batches.epoch(settings, 1)).toHaveLength(2)
  const epoch = batches.epoch(settings, 1).map((rows) => [...rows].sort())
  expect(epoch.sort()).toEqual([[0, 2], [1]])
  scope(() => {
    const { inputs, extents, targets } = batches.take(Uint32Array.of(2, 0))
    expect([inputs.shape, inputs.dtype, extents]).toEqual([[2, 1, 1, 2], 'float32', {}])
    expect(inputs.toArray()).toEqual([5, 6, 1, 2])
    expect(targets.toArray()).toEqual([1, 0])
    expect(batches.take(Uint32Array.of(1)).inputs.shape).toEqual([1, 1, 2, 1])
  })
})

test('a token budget bounds texts by their padded size, and blocks by their number', async () => {
  const tokens = { storedDtype: 'int32', content: 'tokens', vocabularySize: 10 }
  const texts = await open(
    {
      'inputs.bin': Int32Array.from({ length: 12 }, (_, at) => at % 9),
      'rows.bin': integers(0, 1, 1, 3, 4, 2, 6, 1, 7, 5),
      'labels.bin': integers(0, 1, 0, 1, 0),
    },
    { ...tokens, sampleShape: ['T'], trainCount: 5, validationCount: 0 },
  )
  const rows = texts.epoch({ ...settings, tokenBudget: 6 }, 1).map((batch) => [...batch].sort())
  expect(rows.sort()).toEqual([[0, 2, 3], [1], [4]])

  const blocks = await open(
    { 'inputs.bin': new Int32Array(12), 'rows.bin': integers(0, 1, 2, 3, 4) },
    { ...tokens, sampleShape: [4], task: 'next-token', trainCount: 5, validationCount: 0 },
  )
  const sizes = (tokenBudget: number): number[] =>
    blocks.epoch({ ...settings, tokenBudget }, 1).map((batch) => batch.length)
  expect(sizes(11)).toEqual([2, 2, 1])
  expect(sizes(3)).toEqual([1, 1, 1, 1, 1])
})

test('classes are drawn equally often from the training rows alone', async () => {
  const batches = await open(
    { 'inputs.bin': new Uint8Array(16), 'labels.bin': integers(0, 0, 0, 0, 1, 0, 1, 1) },
    { sampleShape: [1, 1, 2], storedDtype: 'uint8', trainCount: 6, validationCount: 2 },
  )
  const rows = batches.epoch({ ...settings, balance: 'sampling' }, 1).flatMap((batch) => [...batch])
  expect(rows).toHaveLength(6)
  expect(rows.filter((row) => row === 4)).toHaveLength(3)
  expect(Math.max(...rows)).toBeLessThan(6)
  expect(batches.rowsOf('validation')).toEqual([Uint32Array.of(6, 7)])
})

test('images that were prepared elsewhere are normalised like stored ones; mixed ones ask for both classes', async () => {
  const batches = await open(
    { 'inputs.bin': Uint8Array.from([0, 10, 20, 30]), 'labels.bin': integers(0, 1) },
    { sampleShape: [1, 1, 2], storedDtype: 'uint8', trainCount: 2, validationCount: 0, mean: 10, std: 5 },
  )
  const given = { bytes: Uint8Array.of(10, 15, 20, 5), shape: [1, 1, 2] }
  scope(() => {
    const rows = Uint32Array.of(1, 0)
    const changed = batches.take(rows, given)
    expect(changed.inputs.shape).toEqual([2, 1, 1, 2])
    expect(changed.inputs.toArray()).toEqual([0, 1, 2, -1])
    expect([changed.targets.toArray(), changed.mixed]).toEqual([[1, 0], null])
    const { inputs, targets, mixed } = batches.take(rows, given, {
      share: 0.75,
      partners: Uint32Array.of(1, 0),
    })
    expect(inputs.toArray()).toEqual([0.5, 0.5, 1.5, -0.5])
    expect(targets.toArray()).toEqual([1, 0])
    expect(mixed?.targets.toArray()).toEqual([0, 1])
    expect(mixed?.share).toBe(0.75)
    expect(batches.take(rows).inputs.toArray()).toEqual([2, 4, -2, 0])
  })
})
