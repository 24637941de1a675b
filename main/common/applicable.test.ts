import { expect, test } from 'vitest'
import { applicableConfig, applies } from './applicable.ts'
import { augmentationSchema, defaultTrainConfig, type TrainConfig } from './training.ts'
import { type Dataset } from './data/dataset.ts'

type Subject = Pick<Dataset, 'task' | 'content' | 'sampleShape' | 'storedDtype'>
const images: Subject = {
  task: 'classify',
  content: 'values',
  sampleShape: [3, 'H', 'W'],
  storedDtype: 'uint8',
}
const texts: Subject = { task: 'classify', content: 'tokens', sampleShape: ['T'], storedDtype: 'int32' }
const story: Subject = { task: 'next-token', content: 'tokens', sampleShape: [64], storedDtype: 'int32' }
const houses: Subject = { task: 'regress', content: 'values', sampleShape: [8], storedDtype: 'float32' }

const all: TrainConfig = {
  ...defaultTrainConfig,
  tokenBudget: 4096,
  balance: 'weights',
  augmentation: augmentationSchema.parse({ flip: true, mixup: 0.2 }),
}

test.each<[string, Subject, Partial<TrainConfig>]>([
  ['images', images, { tokenBudget: null }],
  ['texts', texts, { augmentation: null }],
  ['running text', story, { augmentation: null, balance: 'none' }],
  ['tables', houses, { augmentation: null, balance: 'none', tokenBudget: null }],
])('what changes nothing for %s is left out', (_, subject, without) => {
  expect(applicableConfig(all, subject)).toEqual({ ...all, ...without })
})

test('an augmentation that changes nothing is none', () => {
  const still = { ...all, augmentation: augmentationSchema.parse({}) }
  expect(applicableConfig(still, images).augmentation).toBeNull()
})

test('images that are no bytes cannot be changed, and only classes can be mixed', () => {
  expect(applies({ ...images, storedDtype: 'float32' }).augmentation).toBe(false)
  const depths: Subject = { ...images, task: 'regress' }
  expect(applicableConfig(all, depths).augmentation).toMatchObject({ flip: true, mixup: 0 })
  const mixed = { ...all, augmentation: augmentationSchema.parse({ mixup: 0.2 }) }
  expect(applicableConfig(mixed, depths).augmentation).toBeNull()
})
