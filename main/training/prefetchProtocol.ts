/** What the training loop and the thread that prepares its batches say to each other. */
import type { ImageShape } from '../data/images/augment.ts'
import type { Augmentation } from '../common/training.ts'

/** Given to the thread when it starts. */
export interface PrefetchSetup {
  /** The data set's inputs.bin. */
  path: string
  augmentation: Augmentation
  /** See `fillOf` in data/images/augment.ts. */
  fill: readonly number[]
  seed: number
  /** int32 per slot: 1 once its batch is whole. */
  ready: SharedArrayBuffer
}

/** One batch of images, all of one shape, to be written into `pixels` one after another. */
export interface BatchRequest {
  /** Byte that each image begins at. */
  begins: Float64Array
  /** What tells each image's draws from others; its row. */
  keys: Uint32Array
  shape: ImageShape
  epoch: number
}

export interface Fill extends BatchRequest {
  slot: number
  pixels: SharedArrayBuffer
}
