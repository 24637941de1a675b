import type { DataKind } from '../../common/data/options.ts'
import { cifar } from './cifar.ts'
import { idx } from './idx.ts'
import { imageFolder } from './imageFolder.ts'
import { imageList } from './imageList.ts'
import { npy } from './npy.ts'
import { runningText } from './runningText.ts'
import type { Source } from './source.ts'
import { table } from './table.ts'
import { textClasses } from './textClasses.ts'

/** Every kind of source, in the order in which a path is looked at. */
export const sources: Record<DataKind, Source> = {
  idx,
  cifar,
  'image-list': imageList,
  'image-folder': imageFolder,
  npy,
  table,
  'text-classes': textClasses,
  'running-text': runningText,
}
