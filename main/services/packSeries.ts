/** Writes what `unpack` of common/packedSeries.ts reads. Here because Node's own base 64 is ten times as fast as btoa. */
import { packedColumns, type PackedSeries } from '../common/packedSeries.ts'
import type { Series } from '../common/schemas.ts'

export function pack({ runId, metric, total, buckets }: Series): PackedSeries {
  const values = new Float64Array(packedColumns.length * buckets.length)
  let at = 0
  for (const column of packedColumns) for (const bucket of buckets) values[at++] = bucket[column]
  return { runId, metric, total, columns: Buffer.from(values.buffer).toString('base64') }
}
