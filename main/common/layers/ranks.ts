/** What images and sequences look like, and what to do with an input that is neither. */
import { formatShape, type Shape } from '../dims.ts'
import type { Mend, ShapeContext, ShapeError } from '../layer.ts'

const reshapeTo = (sizes: number[], node: string): Mend => ({
  kind: 'insert-before',
  title: `Insert Reshape ${sizes.join(' x ')}`,
  node,
  port: 'input',
  layer: 'reshape',
  parameters: { sizes },
})

/** The channels of images `B x C x H x W`, or what is wrong with the input. */
export function imageChannels(shape: Shape, { node }: ShapeContext): number | ShapeError {
  const channels = shape[1]
  if (shape.length === 4 && typeof channels === 'number') return channels
  const message = `expects images B x C x H x W, gets ${formatShape(shape)}`
  if (shape.length === 2 && typeof channels === 'number') {
    const side = Math.sqrt(channels)
    const coloured = Math.sqrt(channels / 3)
    if (Number.isInteger(side)) return { message, mends: [reshapeTo([1, side, side], node)] }
    if (Number.isInteger(coloured)) return { message, mends: [reshapeTo([3, coloured, coloured], node)] }
  }
  if (shape.length === 3) {
    const [, height, width] = shape
    if (typeof height === 'number' && typeof width === 'number')
      return { message, mends: [reshapeTo([1, height, width], node)] }
  }
  return { message, mends: [] }
}

/** The features of sequences `B x T x C`, or what is wrong with the input. */
export function sequenceFeatures(shape: Shape, { node }: ShapeContext): number | ShapeError {
  const features = shape[2]
  if (shape.length === 3 && typeof features === 'number') return features
  const message = `expects sequences B x T x C, gets ${formatShape(shape)}`
  const [, steps] = shape
  if (shape.length === 2 && typeof steps === 'number')
    return { message, mends: [reshapeTo([steps, 1], node)] }
  return { message, mends: [] }
}
