/** Images in a folder per class; train and validation folders respected; any sizes. */
import { readFile } from 'node:fs/promises'
import { basename, relative, sep } from 'node:path'
import { plainOptions } from '../../common/schemas.ts'
import type { ImportOptions, Reading } from '../../common/schemas.ts'
import { digest, Fingerprint, identity } from '../digest.ts'
import { look } from '../files.ts'
import { decodeImage } from '../images/decoder.ts'
import type { Sizing } from '../images/codec.ts'
import { suggestSize } from '../images/suggest.ts'
import type { ImageOptions } from '../images/suggest.ts'
import { refuseNothing, walk } from '../images/walk.ts'
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'
import { decodeLimit, inOrder } from '../parallel.ts'
import { Problems } from '../problems.ts'
import { count, figure, fileErrorCode, refuse } from '../refuse.ts'
import type { Row } from '../split.ts'
import type { Encoded, Scan, Source } from './source.ts'

async function inspect(path: string): Promise<Reading | null> {
  if (!(await look(path)).isDirectory()) return null
  const walked = await walk(path, createPace())
  if (walked.found.length === 0) return null
  const { size, reasons } = await suggestSize(walked.found.map((image) => image.path))
  const classes = walked.classNames.map((name) => ({ name, count: 0 }))
  const byName = new Map(classes.map((entry) => [entry.name, entry]))
  for (const image of walked.found) byName.get(image.className)!.count += 1
  return {
    path,
    task: 'classify',
    columns: [],
    options: {
      ...plainOptions,
      kind: 'image-folder',
      name: basename(path).slice(0, 120) || 'Images',
      image: size,
    },
    reasons: [
      `${count(classes.length, 'folder')} with images, one per class: ${count(walked.found.length, 'image')}.`,
      ...walked.reasons,
      ...reasons,
      ...walked.empty.map((folder) => `${basename(folder)}/ has no image and is left out.`).slice(0, 5),
      ...(walked.others > 0
        ? [`${count(walked.others, 'file')} that are not PNG or JPEG by name are left out.`]
        : []),
    ],
    classes,
    sampleCount: walked.found.length,
    givenSplit: walked.givenSplit,
  }
}

async function scan(path: string, options: ImportOptions, pace: Pace): Promise<Scan> {
  const { image: size } = options
  if (!size) refuse('options', 'No image size was chosen.', 'Choose height, width and channels.')
  if (!(await look(path)).isDirectory())
    refuse(
      'not-folder',
      `${path} is a file.`,
      'Choose the folder that holds one sub-folder of images per class.',
    )
  const walked = await walk(path, pace)
  if (walked.found.length === 0) await refuseNothing(path, walked)
  const problems = new Problems()
  for (const folder of walked.empty) problems.add(folder, 'no image in this class folder: left out')
  for (const folder of walked.unreadable) problems.add(folder, 'this folder may not be read')

  const rows: Row[] = []
  const paths: string[] = []
  const fingerprint = new Fingerprint().add('image-folder').add(storedBy(size))
  const classIndex = new Map(walked.classNames.map((name, index) => [name, index]))
  walked.classNames.forEach((name) => fingerprint.add(name))
  let done = 0
  const digests = inOrder(walked.found, decodeLimit, async (image) => {
    const bytes = await readFile(image.path).catch((error: unknown) => fileReason(error))
    return { image, outcome: typeof bytes === 'string' ? bytes : await digest(bytes) }
  })
  for await (const { image, outcome } of digests) {
    await pace.rest()
    done += 1
    pace.report(done, walked.found.length, 'Reading images')
    if (typeof outcome === 'string') {
      problems.add(image.path, outcome)
      continue
    }
    fingerprint.add(`${image.split ?? ''}/${classIndex.get(image.className)!}`).add(outcome)
    rows.push({
      classIndex: classIndex.get(image.className)!,
      ...identity(outcome),
      split: image.split,
    })
    paths.push(image.path)
  }
  if (rows.length === 0)
    refuse(
      'nothing-readable',
      `None of the ${count(walked.found.length, 'image')} in ${path} can be read: ${problems.listed[0]?.reason ?? ''}.`,
      'Give yourself permission to read them.',
    )
  const sizes = new Map<string, number>()
  const kept = new Map<string, number>()
  const keep = size.sizing === 'keep'
  const side = keep ? size.longestSide + size.multipleOf : 0
  return {
    task: 'classify',
    classNames: walked.classNames,
    rows,
    fingerprint: fingerprint.hex(),
    problems,
    encoder: () =>
      Promise.resolve({
        sampleShape: [size.channels, ...(keep ? ['H', 'W'] : [size.height, size.width])],
        storedDtype: 'uint8',
        bytes: rows.length * size.channels * (keep ? side * side : size.height * size.width),
        note: 'Decoding images',
        encode: (wanted) => decodeAll(path, paths, wanted, size, { original: sizes, stored: kept }),
        sizes,
        vocabulary: null,
        notes: () => (keep ? [sharing(kept), ...shrinking(size)] : []),
      }),
  }
}

/** What of the options changes the stored bytes. */
const storedBy = ({ sizing, height, width, channels, longestSide, multipleOf }: ImageOptions): string =>
  JSON.stringify(sizing === 'keep' ? [sizing, longestSide, multipleOf, channels] : [height, width, channels])

function sharing(kept: ReadonlyMap<string, number>): string {
  const images = [...kept.values()].reduce((sum, times) => sum + times, 0)
  return `${count(kept.size, 'size')} of ${count(images, 'image')}: a batch holds images of one size, of which there are ${figure(Math.round(images / kept.size))} on average.`
}

function shrinking({ longestSide, multipleOf }: ImageOptions): string[] {
  return [
    `Images with a side over ${longestSide} pixels are shrunk to it.`,
    ...(multipleOf > 1 ? [`Sides are stretched to the nearest multiple of ${multipleOf}.`] : []),
  ]
}

async function* decodeAll(
  root: string,
  paths: readonly string[],
  wanted: readonly number[],
  { sizing, height, width, channels, ...keep }: ImageOptions,
  sizes: Record<'original' | 'stored', Map<string, number>>,
): AsyncGenerator<Encoded> {
  const target: Sizing = { height, width, channels, ...(sizing === 'keep' && { keep }) }
  const countIn = (map: Map<string, number>, size: { width: number; height: number }): void => {
    const key = `${size.width}x${size.height}`
    map.set(key, (map.get(key) ?? 0) + 1)
  }
  const decoded = inOrder(wanted, decodeLimit, async (row): Promise<Encoded> => {
    const item = relative(root, paths[row]!).split(sep).join('/')
    try {
      const { input, stored, original } = await decodeImage(await readFile(paths[row]!), target)
      countIn(sizes.original, original)
      countIn(sizes.stored, stored)
      const extents = sizing === 'keep' ? [stored.height, stored.width] : []
      return { row, input, extents, item, problem: null }
    } catch (error) {
      return { row, input: null, item: paths[row]!, problem: decodeReason(error) }
    }
  })
  yield* decoded
}

function fileReason(error: unknown): string {
  const code = fileErrorCode(error)
  return code === 'EACCES' || code === 'EPERM' ? 'permission denied' : `cannot be read (${code ?? 'unknown'})`
}

/** The first line of the decoder's message; the rest is its own bookkeeping. */
function decodeReason(error: unknown): string {
  if (fileErrorCode(error)) return fileReason(error)
  const [line = ''] = (error instanceof Error ? error.message : String(error)).trim().split('\n')
  return line.slice(0, 200)
}

export const imageFolder: Source = { inspect, scan }
