/** Encodes the rows of a source into the folder of a data set, and sets aside what cannot be. */
import { statfs } from 'node:fs/promises'
import type { Split } from '../common/data/dataset.ts'
import type { ImportOptions } from '../common/data/options.ts'
import { CacheWriter } from './cache/writer.ts'
import type { Totals } from './cache/writer.ts'
import { Evidence } from './check/evidence.ts'
import { isGiven } from './identity.ts'
import { clearlyTooMany, refuseTooMany } from './limit.ts'
import type { Pace } from './pace.ts'
import type { Problems } from './problems.ts'
import { count, figure, refuse, someOf } from './refuse.ts'
import type { Encoder, Scan } from './sources/source.ts'
import { checkSides } from './split.ts'
import type { Order, Shares } from './split.ts'

export interface Prepared {
  scan: Scan
  order: Order
  encoder: Encoder
  options: ImportOptions
  /** Whether the check-up will look at them: what it needs is gathered on the way. */
  checked: boolean
}

/** @throws UserError `data/set-aside`, `data/nothing-readable`, `data/disk-full` */
export async function writeRows(
  folder: string,
  { scan, order, encoder, options, checked }: Prepared,
  pace: Pace,
): Promise<{ totals: Totals; evidence: Evidence }> {
  const rows = [...order.train, ...order.validation, ...order.test]
  const { sampleShape, storedDtype, note, vocabulary, columns, tokenizer } = encoder
  const { task } = scan
  const classCount = scan.classNames.length
  const digests = scan.rows.every(({ digest }) => digest !== undefined)
  const writer = await CacheWriter.create(folder, {
    sampleShape: [...sampleShape],
    storedDtype,
    task,
    classCount,
    digests,
  })
  const evidence = new Evidence(rows.length, {
    digests: checked && digests,
    texts: checked && options.text !== null && task === 'classify',
    images: checked && sampleShape.length === 3 && storedDtype === 'uint8',
  })
  try {
    let done = 0
    const samples = samplesOf(scan)
    const before = scan.problems.samples
    for await (const encoded of encoder.encode(rows, pace)) {
      await pace.rest()
      const split = sideAt(order, done)
      done += 1
      pace.report(done, rows.length, note)
      if (encoded.problem !== null) {
        scan.problems.add(encoded.item, encoded.problem)
        const sofar = { aside: scan.problems.samples - before, of: done }
        if (clearlyTooMany(sofar, rows.length, options.mostSetAside))
          refuseTooMany(sofar, options.mostSetAside, scan.problems)
        continue
      }
      const { input, extents = [], overlap = 0, targets = null, item } = encoded
      const { classIndex, digest = null } = scan.rows[encoded.row]!
      await writer.add({ split, classIndex, input, extents, overlap, targets, item, digest })
      evidence.add({ split, classIndex, digest })
      evidence.addText(item)
      evidence.addImage(input, shapeOf(sampleShape, extents))
    }
    const totals = await writer.finish({ vocabulary, columns, tokenizer })
    checkWritten(totals, scan)
    checkSetAside(scan.problems, samples, options.mostSetAside)
    return { totals, evidence }
  } finally {
    await writer.abandon()
  }
}

/** Samples that the source has, asked when it is scanned: those set aside already are not among the rows. */
export const samplesOf = ({ rows, problems }: Scan): number => rows.length + problems.samples

/** @throws UserError `data/set-aside` */
export function checkSetAside(problems: Problems, samples: number, most: number): void {
  const { samples: aside } = problems
  if (aside > most * samples) refuseTooMany({ aside, of: samples }, most, problems)
}

const sideAt = ({ train, validation }: Order, place: number): Split =>
  place < train.length ? 'train' : place < train.length + validation.length ? 'validation' : 'test'

/** The sample's own shape: no symbol is left in it. */
function shapeOf(sampleShape: readonly (number | string)[], extents: readonly number[]): number[] {
  let symbol = 0
  return sampleShape.map((size) => (typeof size === 'number' ? size : extents[symbol++]!))
}

/** What cannot be decoded may leave too little to learn from. */
function checkWritten({ trainCount, validationCount }: Totals, scan: Scan): void {
  if (trainCount + validationCount === 0)
    refuse(
      'nothing-readable',
      `None of the ${count(scan.rows.length, 'sample')} can be read; the first: ${scan.problems.listed.at(-1)?.reason ?? ''}.`,
      'Mend the files, or choose others.',
    )
}

/** @throws UserError `data/one-class`, `data/empty-split` */
export function checkLearnable(totals: Totals, scan: Scan, shares: Shares): void {
  checkSides(totals.trainCount, totals.validationCount, shares.validationShare, isGiven(scan, shares))
  if (scan.task !== 'classify') return
  const learnt = scan.classNames.filter((_, index) => totals.classes[index]!.train > 0)
  if (learnt.length < 2)
    refuse(
      'one-class',
      `Only one class has a readable training sample: ${someOf(learnt)}.`,
      'Add samples to the other classes, or mend the unreadable ones.',
    )
}

/** @throws UserError `data/disk-full` */
export async function checkSpace(folder: string, encoder: Encoder, rows: number): Promise<void> {
  const { bytes: needed, sampleShape } = encoder
  const disk = await statfs(folder).catch(() => null) // not every file system can tell
  const free = disk ? disk.bavail * disk.bsize : Infinity
  if (needed > free)
    refuse(
      'disk-full',
      `The data set needs ${figure(Math.ceil(needed / 1e6))} MB, ${figure(Math.floor(free / 1e6))} MB are free (${count(rows, 'sample')} of ${sampleShape.join(' x ')}).`,
      'Free some space, or choose smaller images or a smaller vocabulary.',
    )
}
