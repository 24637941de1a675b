/** What images and sequences look like, and what to do with an input that is neither. */
import { formatShape, type Shape } from '../dims.ts'
import type { Mend, ShapeContext, ShapeError } from '../layer.ts'
import { insertBefore } from './mends.ts'

const reshapeTo = (sizes: number[], node: string, port = 'input'): Mend =>
  insertBefore(node, 'reshape', `Reshape ${sizes.join(' x ')}`, { sizes }, port)

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
export function sequenceFeatures(
  shape: Shape,
  { node }: Pick<ShapeContext, 'node'>,
  port = 'input',
): number | ShapeError {
  const features = shape[2]
  if (shape.length === 3 && typeof features === 'number') return features
  const at = port === 'input' ? '' : ` at its ${port}`
  return {
    message: `expects sequences B x T x C${at}, gets ${formatShape(shape)}`,
    mends: sequenceMends(shape, node, port),
  }
}

function sequenceMends(shape: Shape, node: string, port: string): Mend[] {
  const [, first, second, third] = shape
  if (typeof first !== 'number') return []
  if (shape.length === 2) return [reshapeTo([first, 1], node, port)]
  if (shape.length === 3)
    return [insertBefore(node, 'transpose', `Transpose to B x T x ${first}`, { first: 1, second: 2 }, port)]
  if (shape.length !== 4) return []
  // The rows of a grey image are steps; of other images the places are, once the channels are behind them.
  return [
    first === 1 && typeof second === 'number' && typeof third === 'number'
      ? reshapeTo([second, third], node, port)
      : reshapeTo([first, -1], node, port),
  ]
}
