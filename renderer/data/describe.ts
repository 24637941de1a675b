/** What a data set holds and what is learnt from it, in words. */
import { showsImages, type Dataset, type Split } from '../../main/common/data/dataset.ts'
import { type DataKind } from '../../main/common/data/options.ts'
import { counted, sampleSize } from '../ui/format.ts'

export const kindTitles: Record<DataKind, string> = {
  idx: 'Images in IDX files',
  cifar: 'CIFAR images',
  npy: 'Images in NumPy arrays',
  'image-list': 'Images named in a table',
  'image-folder': 'Images, one folder per class',
  table: 'A table',
  'text-classes': 'Texts with labels',
  'running-text': 'Text for a language model',
}

export const partNames: Record<Split, string> = {
  train: 'Training',
  validation: 'Validation',
  test: 'Test',
}

export type Thing = 'image' | 'text' | 'block' | 'row'

/** What its samples are called, one of them. */
export function thingsOf(dataset: Pick<Dataset, 'sampleShape' | 'task' | 'options'>): Thing {
  if (showsImages(dataset)) return 'image'
  if (dataset.task === 'next-token') return 'block'
  return dataset.options.kind === 'table' ? 'row' : 'text'
}

/** Samples in all parts together. */
export const totalOf = ({ trainCount, validationCount, testCount }: Dataset): number =>
  trainCount + validationCount + testCount

export function whatIsLearnt({ task, classes, targets }: Dataset): string {
  switch (task) {
    case 'classify':
      return counted(classes.length, 'class', 'classes')
    case 'regress':
      return `predicts ${targets.map(({ name }) => name).join(', ')}`
    case 'next-token':
      return 'predicts the next token'
  }
}

export function sizeOf({ sampleShape, content }: Dataset): string {
  if (sampleShape.includes('H')) return `any size, ${sampleShape[0] === 1 ? 'grey' : 'colour'}`
  const [length] = sampleShape
  return content === 'tokens' && typeof length === 'number'
    ? counted(length, 'token')
    : sampleSize(sampleShape)
}
