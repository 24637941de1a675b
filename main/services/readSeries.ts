import type { PackedSeries } from '../common/packedSeries.ts'
import type { Pace } from '../data/index.ts'
import type { Store } from '../store/index.ts'
import { pack } from './packSeries.ts'

type Query = Parameters<Store['metrics']['eachSeries']>[0]

/** Buckets of one answer, 64 bytes each: no chart shows more of a thousand series. */
const mostBuckets = 500_000

/** Each series is read in a few milliseconds; a thousand of them hold up nothing else, and end when nobody waits. */
export async function readSeries(store: Store, query: Query, pace: Pace): Promise<PackedSeries[]> {
  const asked = query.runIds.length * query.metrics.length
  const share = Math.max(16, Math.floor(mostBuckets / Math.max(1, asked)))
  const series: PackedSeries[] = []
  const each = store.metrics.eachSeries({ ...query, maxBuckets: Math.min(query.maxBuckets, share) })
  for (const one of each) {
    series.push(pack(one))
    await pace.rest()
  }
  return series
}
