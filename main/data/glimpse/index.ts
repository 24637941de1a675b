/** Some samples of a source as they would be read. */
import type { DataKind, ImportOptions } from '../../common/data/options.ts'
import type { Glimpse } from '../../common/data/guess.ts'
import { absolutePath } from '../files.ts'
import type { Pace } from '../pace.ts'
import { glimpseColumns } from './columns.ts'
import { glimpseImages } from './images.ts'

const ofImages: ReadonlySet<DataKind> = new Set(['idx', 'cifar', 'npy', 'image-list', 'image-folder'])

/** @throws UserError what reading the source would be refused with */
export async function glimpse(path: string, options: ImportOptions, pace: Pace): Promise<Glimpse> {
  const root = absolutePath(path)
  return {
    images: ofImages.has(options.kind) ? await glimpseImages(root, options, pace) : [],
    ...(await glimpseColumns(root, options, pace)),
  }
}
