import { join } from 'node:path'
import { expect, test } from 'vitest'
import { augmentationSchema } from '../common/training.ts'
import { type Dataset } from '../common/data/dataset.ts'
import { augmented } from './augmented.ts'
import { removeCache } from './cache/folders.ts'
import { idxOptions, idxPair, put, refusal, temporaryFolder } from './fixtures.ts'
import { importDataset } from './import.ts'

async function images(): Promise<{ dataset: Dataset; datasetsFolder: string }> {
  const folder = await temporaryFolder()
  const datasetsFolder = join(folder, 'datasets')
  const path = await put(join(folder, 'set'), idxPair(40))
  return { dataset: await importDataset(path, idxOptions, { datasetsFolder }), datasetsFolder }
}

const augmentation = augmentationSchema.parse({ flip: true, shift: 0.4, mixup: 1 })

test('training images stand beside what five epochs make of them', async () => {
  const { dataset, datasetsFolder } = await images()
  const query = { augmentation, seed: 1, count: 6 }
  const items = await augmented(dataset, datasetsFolder, query)
  expect(items).toHaveLength(6)
  expect(new Set(items.map(({ row }) => row)).size).toBe(6)
  for (const { row, original, variants } of items) {
    expect(row).toBeLessThan(dataset.trainCount)
    expect(original).toMatch(/^data:image\/png;base64,/)
    expect(variants).toHaveLength(5)
    expect(new Set([original, ...variants]).size).toBeGreaterThan(2)
  }
  expect(await augmented(dataset, datasetsFolder, query)).toEqual(items)
  expect(await augmented(dataset, datasetsFolder, { ...query, seed: 2 })).not.toEqual(items)
})

test('without changes every variant is the original; few images are all shown', async () => {
  const { dataset, datasetsFolder } = await images()
  const query = { augmentation: augmentationSchema.parse({}), seed: 1, count: 24 }
  const items = await augmented({ ...dataset, trainCount: 3 }, datasetsFolder, query)
  expect(items).toHaveLength(3)
  for (const { original, variants } of items) expect(new Set([original, ...variants]).size).toBe(1)
})

test('says what cannot be shown', async () => {
  const { dataset, datasetsFolder } = await images()
  const query = { augmentation, seed: 1, count: 6 }
  const table = { ...dataset, sampleShape: [4] }
  expect(await refusal(augmented(table, datasetsFolder, query))).toMatchObject({ code: 'data/not-images' })
  await removeCache(dataset.id, datasetsFolder)
  expect(await refusal(augmented(dataset, datasetsFolder, query))).toMatchObject({
    code: 'data/cache-missing',
  })
})
