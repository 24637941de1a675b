/** Some samples of a source as they would be read. */
import type { Glimpse, ImportOptions } from '../../common/schemas.ts'
import { absolutePath } from '../files.ts'
import type { Pace } from '../pace.ts'
import { glimpseColumns } from './columns.ts'
import { glimpseImages } from './images.ts'

/** @throws UserError what reading the source would be refused with */
export async function glimpse(path: string, options: ImportOptions, pace: Pace): Promise<Glimpse> {
  const root = absolutePath(path)
  return {
    images: options.image || options.kind === 'idx' ? await glimpseImages(root, options, pace) : [],
    ...(await glimpseColumns(root, options, pace)),
  }
}
