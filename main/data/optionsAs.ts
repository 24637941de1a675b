/** How other data is read for a training: with what the training has settled in place of a guess. */
import { basename } from 'node:path'
import { inputOf, plainOptions, type ImportOptions } from '../common/data/options.ts'
import { openRecords, recordsFormat } from './records/index.ts'
import { refuse } from './refuse.ts'
import { imagePreparation } from './single/image.ts'
import { kindOf } from './single/index.ts'
import type { Fitted } from './single/preparation.ts'
import { sources } from './sources/all.ts'

const imageKinds = ['idx', 'cifar', 'image-list', 'image-folder', 'npy'] as const

/**
 * How a path that was never imported is read for a training.
 * @throws UserError `data/no-images`, and as the kind of source refuses
 */
export async function optionsAs(root: string, { preparation, dataset }: Fitted): Promise<ImportOptions> {
  const name = basename(root).slice(0, 120) || 'Data'
  const { validationShare } = dataset.options
  const plain = { ...plainOptions, name, validationShare }
  switch (kindOf(preparation)) {
    case 'row':
      return { ...plain, kind: 'table' }
    case 'text': {
      if (dataset.task === 'next-token') return { ...plain, kind: 'running-text' }
      const { columns } = dataset.options
      const met = columns && recordsFormat(root) !== null ? (await openRecords(root)).columns : []
      const same = columns !== null && met.includes(columns.input) && met.includes(columns.label)
      return { ...plain, kind: 'text-classes', columns: same ? columns : null }
    }
    case 'image':
      for (const kind of imageKinds) {
        const reading = await sources[kind].inspect(root)
        if (reading) return { ...reading.options, name, validationShare }
      }
      return refuse(
        'no-images',
        `${root} holds no images whose classes are known.`,
        'Choose a folder with a folder of images per class, a table that names images, or arrays of them.',
      )
  }
}

/** The options of a source, with everything that the training has settled in place of its own. @throws UserError `data/other-kind` */
export function settled(options: ImportOptions, { preparation, dataset }: Fitted): ImportOptions {
  const { table, blocks } = dataset.options
  const kind = kindOf(preparation)
  const running = (of: ImportOptions): boolean => of.kind === 'running-text'
  if (inputOf[options.kind] !== kind || running(options) !== running(dataset.options))
    refuse(
      'other-kind',
      `The network reads ${{ image: 'images', text: 'texts', row: 'rows of a table' }[kind]}, and "${options.name}" holds something else.`,
      'Choose data of the same kind.',
    )
  return {
    ...options,
    image: kind === 'image' ? imagePreparation(preparation).image : null,
    text: preparation.text?.text ?? null,
    blocks,
    table: table && { ...table, header: options.table?.header ?? table.header },
  }
}
