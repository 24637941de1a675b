import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { plainOptions } from '../../common/data/options.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import { put, refusal, temporaryFolder } from '../fixtures.ts'
import { importDataset, inspect } from '../index.ts'
import { cifarBatch } from './made.ts'

const options: ImportOptions = { ...plainOptions, kind: 'cifar', name: 'cifar' }
const names = ['plane', 'car', 'bird']

async function source(
  files: Record<string, string | Uint8Array>,
): Promise<{ path: string; datasetsFolder: string }> {
  const folder = await temporaryFolder()
  return { path: await put(join(folder, 'set'), files), datasetsFolder: join(folder, 'datasets') }
}

describe('reading CIFAR', () => {
  test('of ten classes: batches train, the test batch validates, classes have their names', async () => {
    const { path, datasetsFolder } = await source({
      'cifar-10-batches-bin/data_batch_1.bin': cifarBatch(6),
      'cifar-10-batches-bin/data_batch_2.bin': cifarBatch(6, 1, 300),
      'cifar-10-batches-bin/test_batch.bin': cifarBatch(3, 1, 100),
      'cifar-10-batches-bin/batches.meta.txt': `${names.join('\n')}\n\n`,
    })
    const guess = await inspect(path)
    expect(guess).toMatchObject({
      givenSplit: true,
      sampleCount: 15,
      options: { kind: 'cifar', name: 'CIFAR-10' },
    })
    expect(guess.classes).toEqual(names.map((name) => ({ name, count: 5 })))
    const dataset = await importDataset(path, guess.options, { datasetsFolder })
    expect(dataset).toMatchObject({ trainCount: 12, validationCount: 3, sampleShape: [3, 32, 32] })
    const inputs = await readFile(join(datasetsFolder, dataset.id, 'inputs.bin'))
    const items = JSON.parse(
      await readFile(join(datasetsFolder, dataset.id, 'items.json'), 'utf8'),
    ) as string[]
    const row = items.indexOf('data_batch_2.bin#4')
    expect([...inputs.subarray(row * 3072, row * 3072 + 3)]).toEqual([304 >> 8, 304 & 255, 304 & 255])
    const labels = await readFile(join(datasetsFolder, dataset.id, 'labels.bin'))
    expect(labels.readUInt32LE(8 * row)).toBe(1)
    // A batch finds the others that lie with it.
    const chosen = await inspect(join(path, 'cifar-10-batches-bin', 'data_batch_1.bin'))
    expect(chosen.sampleCount).toBe(15)
  })

  test('of a hundred classes: fine labels, or coarse ones', async () => {
    const { path, datasetsFolder } = await source({
      'train.bin': cifarBatch(9, 2),
      'test.bin': cifarBatch(6, 2, 50),
      'fine_label_names.txt': Array.from({ length: 100 }, (_, at) => `fine ${at}`).join('\n'),
      'coarse_label_names.txt': Array.from({ length: 20 }, (_, at) => `coarse ${at}`).join('\n'),
    })
    const guess = await inspect(path)
    expect(guess.columns).toEqual(['image', 'fine', 'coarse'])
    expect(guess.classes).toHaveLength(100)
    const fine = await importDataset(path, guess.options, { datasetsFolder })
    // cifarBatch() labels the first image coarse 0 and fine 1.
    expect(fine.classes.slice(0, 4).map(({ name, train }) => [name, train])).toEqual([
      ['fine 0', 3],
      ['fine 1', 3],
      ['fine 2', 3],
      ['fine 3', 0],
    ])
    const columns = { ...guess.options.columns!, label: 'coarse' }
    const coarse = await importDataset(path, { ...guess.options, columns }, { datasetsFolder })
    expect(coarse.classes).toHaveLength(20)
    expect(coarse.id).not.toBe(fine.id)
    const none = importDataset(
      path,
      { ...guess.options, columns: { ...columns, label: 'colour' } },
      { datasetsFolder },
    )
    expect((await refusal(none)).what).toContain('"colour"')
  })

  test('without names classes are numbers; a single batch is split by hash', async () => {
    const { path, datasetsFolder } = await source({ 'data_batch_1.bin': cifarBatch(40) })
    const guess = await inspect(path)
    expect(guess.givenSplit).toBe(false)
    expect(guess.classes.map(({ name }) => name)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    const dataset = await importDataset(path, guess.options, { datasetsFolder })
    expect(dataset.trainCount + dataset.validationCount).toBe(40)
  })
})

describe('refusing CIFAR', () => {
  const wrong = cifarBatch(4)
  wrong[2 * 3073] = 11
  test.each([
    {
      name: 'a batch cut short',
      files: { 'data_batch_1.bin': cifarBatch(4).subarray(0, -10) },
      code: 'cifar-length',
      says: '12,282 bytes',
    },
    { name: 'an empty batch', files: { 'data_batch_1.bin': '' }, code: 'cifar-length', says: '0 bytes' },
    {
      name: 'a label out of range',
      files: { 'data_batch_1.bin': wrong },
      code: 'label-range',
      says: 'the label 11 at item 2',
    },
    {
      name: 'a label without a name',
      files: { 'data_batch_1.bin': cifarBatch(4), 'batches.meta.txt': 'a\nb\n' },
      code: 'label-range',
      says: '2 classes',
    },
    {
      name: 'the pickled version',
      files: { data_batch_1: 'x', 'batches.meta': 'x' },
      code: 'cifar-pickle',
      says: 'pickled',
    },
  ])('$name', async ({ files, code, says }) => {
    const { path, datasetsFolder } = await source(files as unknown as Record<string, Buffer>)
    const refused = await refusal(inspect(path))
    expect(refused).toMatchObject({ code: `data/${code}`, what: expect.stringContaining(says) as string })
    expect((await refusal(importDataset(path, options, { datasetsFolder }))).code).toBe(`data/${code}`)
  })

  test('a folder without batches', async () => {
    const { path, datasetsFolder } = await source({ 'notes.txt': 'x' })
    expect((await refusal(importDataset(path, options, { datasetsFolder }))).code).toBe('data/cifar-missing')
  })
})
