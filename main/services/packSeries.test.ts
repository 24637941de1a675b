import { expect, it } from 'vitest'
import { unpack, unpackColumns } from '../common/packedSeries.ts'
import type { Series } from '../common/schemas.ts'
import { pack } from './packSeries.ts'

const series: Series = {
  runId: 7,
  metric: 'val/loss',
  total: 12_480,
  buckets: [
    { step: 1, lastStep: 16, min: 0.1, max: 9e300, mean: 1 / 3, last: NaN, epoch: 0.016, seconds: 0.5 },
    {
      step: 17,
      lastStep: 2 ** 52,
      min: -Infinity,
      max: 0,
      mean: -0.2,
      last: -1e-310,
      epoch: 3,
      seconds: 4e9,
    },
  ],
}

it('come back to the last bit, NaN and infinity too', () => {
  expect(unpack(pack(series))).toEqual(series)
  const packed = pack(series)
  expect([...unpackColumns(packed).lastStep]).toEqual([16, 2 ** 52])
})

it('of no bucket are empty', () => {
  expect(unpack(pack({ ...series, buckets: [] })).buckets).toEqual([])
})

it('of more buckets than a function takes arguments are whole', () => {
  const one = series.buckets[0] as Series['buckets'][number]
  const many = { ...series, buckets: Array.from({ length: 5000 }, (_, i) => ({ ...one, step: i })) }
  expect(unpack(pack(many)).buckets.at(-1)?.step).toBe(4999)
})
