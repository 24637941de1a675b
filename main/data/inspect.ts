/** Guesses what a path is, and says why. */
import { basename, extname } from 'node:path'
import { UserError } from '../common/errors.ts'
import type { Guess, Reading } from '../common/data/guess.ts'
import { absolutePath, extension, firstBytes, listFolder, look } from './files.ts'
import { idxMagic } from './idx/read.ts'
import { sources } from './sources/all.ts'
import { count, figure, refuse, someOf } from './refuse.ts'
import { isImageName } from './images/walk.ts'

const understood =
  'Understood are: a folder per class of images (PNG, JPEG, WebP, GIF, TIFF), a table that names images, MNIST IDX files, CIFAR batches, NumPy arrays of images or of features (.npz, .npy); a table of labels and texts, a .txt file per class, a folder per class of .txt files, a .txt file of running text; and tables to learn from. Tables are CSV, TSV, JSON lines or Parquet.'

/**
 * @returns the guess, with what is known before everything is read
 * @throws UserError `data/missing`, `data/unreadable`, `data/empty-folder`, `data/no-classes`,
 *   `data/no-images`, `data/archive`, `data/unknown-kind`, and the refusals of the kind it turns out to be
 */
export async function inspect(path: string): Promise<Guess> {
  const root = absolutePath(path)
  const status = await look(root)
  const readings: Reading[] = []
  for (const source of Object.values(sources)) {
    // Once there is a reading, what others find wrong with the path only rules them out.
    const reading = await (readings.length === 0
      ? source.inspect(root)
      : source.inspect(root).catch((error: unknown) => ruledOut(error)))
    if (reading && (readings.length === 0 || enoughClasses(reading))) readings.push(reading)
  }
  const [first, ...others] = readings
  if (first) return checked({ ...first, others }, root)
  return status.isDirectory() ? refuseFolder(root) : refuseFile(root)
}

function ruledOut(error: unknown): null {
  if (error instanceof UserError) return null
  throw error
}

const enoughClasses = ({ task, classes }: Reading): boolean => task !== 'classify' || classes.length > 1

function checked(guess: Guess, root: string): Guess {
  if (enoughClasses(guess)) return guess
  refuse(
    'one-class',
    `${root} has only one class: ${guess.classes[0]?.name ?? 'none'} (${count(guess.sampleCount, 'sample')}).`,
    'Telling classes apart needs at least two; choose the folder or file that holds them all.',
  )
}

async function refuseFolder(root: string): Promise<never> {
  const entries = await listFolder(root)
  if (entries.length === 0)
    refuse('empty-folder', `${root} is empty.`, `Choose a folder with data. ${understood}`)
  const files = entries.filter((entry) => !entry.folder)
  const images = files.filter((entry) => isImageName(entry.name)).length
  if (images > 0)
    refuse(
      'no-classes',
      `${count(images, 'image lies', 'images lie')} directly in ${root}, so there is no telling their classes.`,
      'Put the images of each class into a sub-folder named after the class.',
    )
  const kinds = new Map<string, number>()
  for (const file of files) {
    const kind = extname(file.name).toLowerCase() || 'no extension'
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  const held = [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, times]) => `${kind}: ${figure(times)}`)
  const folders = entries.length - files.length
  refuse(
    'no-images',
    `${root} has no images and nothing else that is understood: ${count(folders, 'folder')}, ${count(files.length, 'file')}${held.length > 0 ? ` (${someOf(held, 4)})` : ''}.`,
    understood,
  )
}

/** Archives that people download data in; null where it is none. */
function archiveOf(start: Buffer, path: string): string | null {
  const begins = start.toString('latin1')
  if (begins.startsWith('PK')) return 'a ZIP archive'
  if (begins === '7z\xbc\xaf') return 'a 7-Zip archive'
  if (begins === 'Rar!') return 'a RAR archive'
  if (/\.(tar|tgz|txz|tbz2?)$|\.tar\.\w+$/i.test(path)) return 'a TAR archive'
  return begins.startsWith('\x1f\x8b')
    ? 'a file packed by gzip, and its name does not tell what is in it'
    : null
}

async function refuseFile(root: string): Promise<never> {
  const name = basename(root)
  if (isImageName(name))
    refuse(
      'one-image',
      `${name} is a single image.`,
      'Choose the folder that holds one sub-folder of images per class.',
    )
  const start = await firstBytes(root, 4)
  const magic = start.length === 4 ? start.readUInt32BE(0) : -1
  if (magic === idxMagic.images || magic === idxMagic.labels)
    refuse(
      'idx-name',
      `${name} is an IDX file, but its name does not tell which other file belongs to it.`,
      'Name the two files like train-images-idx3-ubyte and train-labels-idx1-ubyte.',
    )
  const packed = archiveOf(start, root)
  if (packed !== null)
    refuse('archive', `${name} is ${packed}.`, 'Unpack it, and choose the folder or the file that comes out.')
  if (start.length === 0) refuse('unknown-kind', `${name} is an empty file.`, understood)
  refuse(
    'unknown-kind',
    `${name} is of a kind that is not understood (${extension(root) || 'no extension'}).`,
    understood,
  )
}
