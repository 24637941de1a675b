/** Where the training batches of a run come from: gathered at once, or prepared ahead where they are augmented. */
import { join } from 'node:path'
import { drawMix, fillOf, leavesImages, type Mix } from '../data/images/augment.ts'
import type { Batches, GivenImages } from './batches.ts'
import { Prefetch } from './prefetch.ts'
import type { BatchRequest } from './prefetchProtocol.ts'
import type { TrainJob } from './protocol.ts'

/** A batch that can be made into tensors without waiting. */
export interface Prepared {
  rows: Uint32Array
  /** Null: as they are stored. */
  images: GivenImages | null
  mix: Mix | null
}

export interface Feed {
  /**
   * Announces batches in the order in which `next` will ask for them: an epoch's, ahead of its first.
   * @param from how many of them `next` will not ask for, because the run goes on after them
   */
  announce(epoch: number, order: readonly Uint32Array[], from?: number): void
  /** @throws UserError `training/prefetch` */
  next(epoch: number, rows: Uint32Array): Promise<Prepared>
  close(): Promise<void>
}

/** @param prefetchUrl see prefetch.ts */
export function feedOf(
  { config, dataset, datasetFolder }: TrainJob,
  batches: Batches,
  prefetchUrl: URL,
): Feed {
  const { augmentation, seed } = config
  const mixOf = (epoch: number, rows: Uint32Array): Mix | null =>
    augmentation && drawMix(augmentation.mixup, seed, epoch, rows)
  if (!augmentation || leavesImages(augmentation))
    return {
      announce: () => undefined,
      next: (epoch, rows) => Promise.resolve({ rows, images: null, mix: mixOf(epoch, rows) }),
      close: () => Promise.resolve(),
    }
  const path = join(datasetFolder, 'inputs.bin')
  const prefetch = new Prefetch(prefetchUrl, { path, augmentation, fill: fillOf(dataset), seed })
  return {
    announce: (epoch, order, from = 0) => {
      const keyOf = keys(dataset.trainCount)
      // A row's number depends on those before it.
      const requests = order.map((rows) => ({ rows, keys: rows.map(keyOf) }))
      prefetch.queue(
        requests.slice(from).map(({ rows, keys }) => ({ ...placesOf(batches, rows), keys, epoch })),
      )
    },
    next: async (epoch, rows) => {
      const bytes = await prefetch.next()
      const images = { bytes, shape: batches.placeOf(rows[0]!).shape }
      return { rows, images, mix: mixOf(epoch, rows) }
    },
    close: () => prefetch.close(),
  }
}

function placesOf(batches: Batches, rows: Uint32Array): Pick<BatchRequest, 'begins' | 'shape'> {
  const [channels = 1, height = 1, width = 1] = batches.placeOf(rows[0]!).shape
  const begins = Float64Array.from(rows, (row) => batches.placeOf(row).begin)
  return { begins, shape: { channels, height, width } }
}

/** Rows; one that is drawn again in the same epoch gets a number that no row has, so that it is changed otherwise. */
function keys(count: number): (row: number) => number {
  const times = new Map<number, number>()
  return (row) => {
    const before = times.get(row) ?? 0
    times.set(row, before + 1)
    return row + before * count
  }
}
