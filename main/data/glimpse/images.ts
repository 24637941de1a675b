/** A few images of every class, prepared as the import would. */
import { dirname, relative, sep } from 'node:path'
import type { Glimpse } from '../../common/data/guess.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import { chooseBuckets } from '../images/buckets.ts'
import { lookAtImage, prepareImage, toDataUrl } from '../images/decoder.ts'
import { baseOf, chosenColumns, guessColumns, openList, resolveIn } from '../images/list.ts'
import { readWhole, reasonOf } from '../images/read.ts'
import { keptSize } from '../images/sizing.ts'
import { walk } from '../images/walk.ts'
import type { Pace } from '../pace.ts'
import { decodeLimit, inOrder } from '../parallel.ts'
import { sources } from '../sources/all.ts'
import { orderRows } from '../split.ts'

type Shown = Glimpse['images'][number]
type Image = NonNullable<ImportOptions['image']>

/** Images shown: fewer where they are large, as all of them travel to the page. */
const most = 24
const fewest = 6
const mostPixels = 3_000_000
const mostListBytes = 4 << 20

export async function glimpseImages(root: string, options: ImportOptions, pace: Pace): Promise<Shown[]> {
  const { image } = options
  if (options.kind === 'image-folder' && image) return ofFiles(await inFolders(root, pace), image, pace)
  if (options.kind === 'image-list' && image) return ofFiles(await listed(root, options, pace), image, pace)
  return ofScan(root, options, pace)
}

interface Listed {
  path: string
  item: string
  className: string
}

async function inFolders(root: string, pace: Pace): Promise<Listed[]> {
  const { found } = await walk(root, pace)
  return found.map(({ path, className }) => ({
    path,
    className,
    item: relative(root, path).split(sep).join('/'),
  }))
}

/** Of a long list its beginning. */
async function listed(root: string, { columns: chosen }: ImportOptions, pace: Pace): Promise<Listed[]> {
  const records = await openList(root, chosen?.header ?? null, mostListBytes)
  const columns = chosen ? chosenColumns(records, chosen) : guessColumns(records)
  if (!columns) return []
  const base = (await baseOf(root, records, columns.input))?.base ?? dirname(root)
  const files: Listed[] = []
  for await (const { cells, problem } of records.rows()) {
    await pace.rest()
    const [item, className] = [cells[columns.input]?.trim(), cells[columns.label]?.trim()]
    if (problem === null && item && className) files.push({ path: resolveIn(base, item), item, className })
  }
  return files
}

async function ofFiles(files: readonly Listed[], image: Image, pace: Pace): Promise<Shown[]> {
  const area = image.sizing === 'keep' ? image.longestSide ** 2 : image.width * image.height
  const wanted = Math.max(fewest, Math.min(most, Math.floor(mostPixels / area)))
  const chosen = spreadOut(files, ({ className }) => className, wanted)
  const read = await all(chosen, async (file) => {
    const bytes = await readWhole(file.path).catch(reasonOf)
    const look = typeof bytes === 'string' ? null : await lookAtImage(bytes)
    return { file, bytes, kept: look && keptSize(look, image.longestSide) }
  })
  pace.signal?.throwIfAborted()
  // Which sizes share one is decided by all images when they are imported; here by those that are shown.
  const buckets = await chooseBuckets(
    read.flatMap(({ kept }) => kept ?? []),
    image.mostPadding,
    pace,
  )
  return all(read, async ({ file: { item, className }, bytes }): Promise<Shown> => {
    const failed = (problem: string): Shown => ({
      item,
      className,
      problem,
      image: null,
      original: null,
      stored: null,
    })
    if (typeof bytes === 'string') return failed(bytes)
    pace.signal?.throwIfAborted()
    try {
      const { input, stored, original } = await prepareImage(bytes, { image, buckets })
      const { width, height } = stored
      return {
        item,
        className,
        problem: null,
        image: await toDataUrl(input, stored),
        original,
        stored: { width, height },
      }
    } catch (error) {
      return failed(reasonOf(error))
    }
  })
}

/** Images that lie packed in one file are quickly read as a whole. */
async function ofScan(root: string, options: ImportOptions, pace: Pace): Promise<Shown[]> {
  const scan = await sources[options.kind].scan(root, options, pace, null)
  const encoder = await scan.encoder(await orderRows(scan.rows, options, pace), pace)
  const [channels, height, width] = encoder.sampleShape.map(Number)
  const rows = spreadOut([...scan.rows.keys()], (row) => String(scan.rows[row]!.classIndex), most)
  const shown: Shown[] = []
  for await (const one of encoder.encode(rows, pace)) {
    const className = scan.classNames[scan.rows[one.row]!.classIndex] ?? ''
    const { item, problem } = one
    const size = { channels: channels === 1 ? 1 : 3, height: height ?? 1, width: width ?? 1 } as const
    const { channels: _, ...stored } = size
    shown.push({
      item,
      className,
      problem,
      image: one.input && (await toDataUrl(one.input, size)),
      original: stored,
      stored: one.input && stored,
    })
  }
  return shown
}

/** So many of a list, evenly from all of every class, classes in turn. */
export function spreadOut<T>(list: readonly T[], classOf: (one: T) => string, wanted: number): T[] {
  const classes = new Map<string, T[]>()
  for (const one of list) {
    const name = classOf(one)
    const members = classes.get(name)
    if (members) members.push(one)
    else classes.set(name, [one])
  }
  const each = Math.ceil(wanted / Math.max(1, classes.size))
  const chosen = [...classes.values()].map((members) =>
    Array.from(
      { length: Math.min(each, members.length) },
      (_, at) => members[Math.floor((at * members.length) / Math.min(each, members.length))]!,
    ),
  )
  return Array.from({ length: each }, (_, at) => chosen.flatMap((members) => members.slice(at, at + 1)))
    .flat()
    .slice(0, wanted)
}

async function all<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for await (const result of inOrder(items, decodeLimit, work)) results.push(result)
  return results
}
