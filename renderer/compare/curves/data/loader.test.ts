import { describe, expect, it } from 'vitest'
import { packedColumns, type PackedSeries } from '../../../../main/common/packedSeries.ts'
import { CurveLoader, keyOf, missing, type Query, type Wanted } from './loader.ts'

/** A run of so many points, one each step, read as the store reads it. */
function packed(runId: number, metric: string, points: number, query: Query): PackedSeries {
  const from = query.fromStep ?? 1
  const to = Math.min(points, query.toStep ?? points)
  const total = to - from + 1
  const count = Math.min(total, query.maxBuckets)
  const step = (i: number): number => from + Math.floor((i * total) / count)
  const values = packedColumns.flatMap((column) =>
    Array.from({ length: count }, (_, i) =>
      column === 'lastStep' ? step(i + 1) - 1 : column === 'step' ? step(i) : 1,
    ),
  )
  return { runId, metric, total, columns: Buffer.from(new Float64Array(values).buffer).toString('base64') }
}

/** Wants `runs` runs of `points` points each and answers all questions. */
async function read(runs: number, points: number, more: Partial<Wanted> = {}) {
  const asked: Query[] = []
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => (end = resolve))
  const loader = new CurveLoader(
    async (query) => {
      asked.push(query)
      return query.runIds.flatMap((id) => query.metrics.map((metric) => packed(id, metric, points, query)))
    },
    () => undefined,
    () => loader.busy || end(),
    (error) => {
      throw error
    },
  )
  const subjects = Array.from({ length: runs }, (_, i) => ({ runId: i + 1, metric: 'm', revision: points }))
  loader.want({ subjects, buckets: 1000, stepsShown: () => null, ...more })
  await ended
  return { asked, loader, subjects }
}

describe('reading curves', () => {
  it('of many runs begins with a coarse look at all of them, and ends with a bucket for each pixel', async () => {
    const { asked, loader } = await read(50, 100_000)
    expect(asked.map(({ runIds, maxBuckets }) => [runIds.length, maxBuckets])).toEqual([
      [50, 200],
      ...[1, 2, 3, 4, 5].map(() => [10, 1000]),
    ])
    expect(loader.held.size).toBe(50)
    expect(loader.held.get('7/m')?.whole?.columns.step.length).toBe(1000)
  })

  it('asks once where a run has few points, or none', async () => {
    expect((await read(50, 100)).asked.map(({ maxBuckets }) => maxBuckets)).toEqual([200])
    const none = new CurveLoader(
      () => Promise.resolve([]),
      () => undefined,
      () => undefined,
      () => undefined,
    )
    none.want({ subjects: [{ runId: 1, metric: 'm', revision: 3 }], buckets: 10, stepsShown: () => null })
    await Promise.resolve()
    expect(none.held.get('1/m')?.whole?.total).toBe(0)
    expect(none.busy).toBe(false)
  })

  it('of what is zoomed into reads more, with something beside it, and not again while it is panned within that', async () => {
    const shown = [50_000, 50_800] as const
    const { asked, loader, subjects } = await read(3, 100_000, { stepsShown: () => shown })
    const part = asked.at(-1)
    expect(part?.runIds).toEqual([1, 2, 3])
    expect(part?.maxBuckets).toBe(2000)
    expect(part?.fromStep).toBeLessThanOrEqual(49_600)
    expect(part?.toStep).toBeGreaterThanOrEqual(51_200)
    const wanted = (from: number, to: number): Wanted => ({
      subjects,
      buckets: 1000,
      stepsShown: () => [from, to],
    })
    expect(missing(wanted(50_300, 51_100), loader.held)).toBeNull()
    expect(missing(wanted(52_000, 53_000), loader.held)?.fromStep).toBeGreaterThan(51_000)
    expect(missing(wanted(50_400, 50_410), loader.held)).toBeNull()
    expect(missing(wanted(1, 100_000), loader.held)).toBeNull()
  })

  it('of a run that goes on is read again, alone', async () => {
    const { loader, subjects } = await read(3, 5000)
    const grown = subjects.map((one) => (one.runId === 2 ? { ...one, revision: 6000 } : one))
    const next = missing({ subjects: grown, buckets: 1000, stepsShown: () => null }, loader.held)
    expect(next?.runIds).toEqual([2])
  })

  it('forgets what is no longer wanted, and is told of a refusal', async () => {
    const { loader, subjects } = await read(3, 50)
    loader.want({ subjects: subjects.slice(0, 1), buckets: 1000, stepsShown: () => null })
    expect([...loader.held.keys()]).toEqual([keyOf({ runId: 1, metric: 'm' })])
    const told = await new Promise((resolve) => {
      const refusing = new CurveLoader(
        () => Promise.reject(new Error('no')),
        () => undefined,
        () => undefined,
        resolve,
      )
      refusing.want({ subjects, buckets: 1000, stepsShown: () => null })
    })
    expect(told).toEqual(new Error('no'))
  })
})
