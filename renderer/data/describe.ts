/** What a data set holds and what is learnt from it, in words. */
import { showsImages, type Dataset } from '../../main/common/schemas.ts'
import { counted, sampleSize } from '../ui/format.ts'

/** What its samples are called, one of them. */
export function thingsOf(dataset: Dataset): 'image' | 'text' | 'block' | 'row' {
  if (showsImages(dataset)) return 'image'
  if (dataset.task === 'next-token') return 'block'
  return dataset.options.kind === 'table' ? 'row' : 'text'
}

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
