/** Which data set a source with its options is: the same content read the same way has the same id. */
import { createHash } from 'node:crypto'
import { defaultSplit } from '../common/data/options.ts'
import type { ImportOptions } from '../common/data/options.ts'
import { cacheFormat } from './cache/layout.ts'
import { Fingerprint } from './digest.ts'
import type { Pace } from './pace.ts'
import type { Scan } from './sources/source.ts'
import type { Shares } from './split.ts'

/** Running text is always cut where its source says: its blocks overlap, and only the ends of texts are held out. */
export const sharesOf = (scan: Scan, { validationShare, split }: ImportOptions): Shares => ({
  validationShare,
  split: scan.task === 'next-token' ? { ...defaultSplit, testShare: split.testShare } : split,
})

/** Whether every row's side is the source's own. */
export const isGiven = (scan: Scan, { split }: Shares): boolean =>
  split.given && scan.rows.every((row) => row.split !== null)

/** Sixteen hexadecimal digits over the content and every option that changes what is stored. */
export async function idOf(scan: Scan, shares: Shares, pace: Pace): Promise<string> {
  const parts = [
    cacheFormat,
    scan.fingerprint,
    isGiven(scan, shares) ? null : await splitKey(scan, shares, pace),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

/** What of the options and the rows says who is held out; a plain share, as ever, where it is by item alone. */
async function splitKey(scan: Scan, { validationShare, split }: Shares, pace: Pace): Promise<unknown> {
  const { given, by, testShare } = split
  const shares = testShare === 0 ? validationShare : [validationShare, testShare]
  const ignored = !given && scan.rows.some((row) => row.split !== null)
  if (by === 'item') return ignored ? { shares, ignored } : shares
  if (by === 'stratified') return { shares, by, ignored }
  const groups = new Fingerprint()
  for (const { group } of scan.rows) {
    await pace.rest()
    groups.add(group == null ? '-' : `=${group}`)
  }
  return { shares, by, ignored, groups: groups.hex() }
}
