import type { Dataset } from '../../common/data/dataset.ts'
import { fileErrorCode, refuse, refuseFileError } from '../refuse.ts'
import { cacheFolder } from './layout.ts'

/**
 * Lets `use` read the stored copy of a data set.
 * @throws UserError `data/cache-missing` when it is gone; what else the file system may refuse
 */
export async function withCache<Result>(
  dataset: Dataset,
  datasetsFolder: string,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = cacheFolder(datasetsFolder, dataset.id)
  try {
    return await use(folder)
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT')
      refuse(
        'cache-missing',
        `The stored copy of "${dataset.name}" is gone (${folder}).`,
        `Import ${dataset.path} again.`,
        error,
      )
    refuseFileError(error, folder)
  }
}
