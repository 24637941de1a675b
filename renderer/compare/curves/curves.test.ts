import { describe, expect, it } from 'vitest'
import { exampleRun } from '../../../main/common/runFixture.ts'
import { packedColumns, type SeriesColumns } from '../../../main/common/packedSeries.ts'
import { defaultTrainConfig } from '../../../main/common/training.ts'
import { positions } from './axis.ts'
import { curveOf, type Curve } from './curve.ts'
import { merge } from './data/columns.ts'
import type { Held } from './data/loader.ts'
import { wholeDomain } from './domain.ts'
import { groupCurve, groupRuns } from './groups.ts'
import { columnsFor } from './grid.ts'
import { drawnOf, namesOf, searchNames } from './metricNames.ts'
import { statePoints } from './state.ts'

/** Buckets of `size` steps with a value each, and a spike in one of them. */
function columns(
  steps: number,
  size: number,
  value: (step: number) => number,
  spike?: [at: number, to: number],
) {
  const count = Math.ceil(steps / size)
  const of = (read: (step: number, last: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => read(i * size + 1, Math.min(steps, (i + 1) * size)))
  const high = (step: number, last: number): number =>
    spike && spike[0] >= step && spike[0] <= last ? spike[1] : value(last)
  return {
    step: of((step) => step),
    lastStep: of((_, last) => last),
    min: of((_, last) => value(last)),
    max: of(high),
    mean: of((_, last) => value(last)),
    last: of((_, last) => value(last)),
    epoch: of((_, last) => last / 100),
    seconds: of((_, last) => last / 50),
  } satisfies SeriesColumns
}
const plain = { kind: 'ema', weight: 0, window: 0 } as const
const held = (runId: number, whole: SeriesColumns, part?: SeriesColumns): Held => ({
  runId,
  metric: 'm',
  whole: { columns: whole, total: Math.max(...whole.lastStep), buckets: 1000, revision: 0 },
  part: part ? { columns: part, total: part.step.length, buckets: 1000, revision: 0, from: 0, to: 0 } : null,
})
const curve = (id: number, of: SeriesColumns, more = {}): Curve => {
  const made = curveOf(exampleRun({ id, ...more }), held(id, of), 'step', plain, null)
  if (!made) throw new Error('no curve')
  return made
}

describe('the horizontal axis', () => {
  const few = columns(400, 100, () => 1)
  const run = exampleRun({
    createdAt: 1_700_000_000_000,
    config: { ...defaultTrainConfig, batchSize: 32, accumulate: 2 },
  })
  const along = (x: Parameters<typeof positions>[1], trainCount: number | null = null) =>
    Array.from(positions(few, x, run, trainCount) ?? [])

  it('places buckets by step, epoch, time, clock and samples seen', () => {
    expect(along('step')).toEqual([100, 200, 300, 400])
    expect(along('epoch')).toEqual([1, 2, 3, 4])
    expect(along('time')).toEqual([2, 4, 6, 8])
    expect(along('wall')[0]).toBe(1_700_000_002)
    expect(along('samples', 1437)).toEqual([1437, 2874, 4311, 5748])
    expect(along('samples')).toEqual([6400, 12_800, 19_200, 25_600])
  })

  it('has no samples of a run whose batches are filled by length or that another tool trained', () => {
    expect(positions(few, 'samples', { ...run, config: null }, null)).toBeNull()
    const byTokens = { ...run.config, tokenBudget: 4096 }
    expect(positions(few, 'samples', { ...run, config: byTokens }, null)).toBeNull()
  })

  it('has no epochs of a run that was written without any', () => {
    const without = { ...few, epoch: few.epoch.map(() => 0) }
    expect(positions(without, 'epoch', run, null)).toBeNull()
    expect(positions(without, 'step', run, null)).toEqual(few.lastStep)
  })

  it('begins at 0, on a clock at the first point, and logarithmic at the first point above 0', () => {
    const one = curve(1, few)
    expect(wholeDomain([one], 'step', false)).toEqual([0, 400])
    expect(wholeDomain([one], 'step', true)).toEqual([100, 400])
    expect(wholeDomain([one], 'wall', false)).toEqual([100, 400])
    expect(wholeDomain([], 'step', true)).toEqual([1, 10])
  })
})

describe('a curve', () => {
  it('has the part that was read more finely in place of its buckets', () => {
    const whole = columns(1000, 100, (step) => step)
    const part = Object.fromEntries(
      packedColumns.map((column) => [column, columns(500, 1, (step) => step)[column].subarray(200)]),
    ) as unknown as SeriesColumns
    const { step, lastStep } = merge(whole, part)
    expect(step.length).toBe(2 + 300 + 5)
    for (let i = 1; i < step.length; i++) expect(step[i]).toBe((lastStep[i - 1] as number) + 1)
  })

  it('keeps a spike of one step behind its line at every zoom', () => {
    const spike: [number, number] = [77_777, 9]
    for (const size of [1, 16, 500, 4096]) {
      const made = curveOf(
        exampleRun(),
        held(
          1,
          columns(100_000, size, () => 1, spike),
        ),
        'step',
        { ...plain, weight: 0.9 },
        null,
      )
      expect(Math.max(...Array.from(made?.raw[0]?.max ?? []))).toBe(9)
    }
  })

  it('of every point needs nothing behind it, unless it is smoothed', () => {
    const points = columns(50, 1, (step) => step % 2)
    expect(curve(1, points).raw).toEqual([])
    expect(curveOf(exampleRun(), held(1, points), 'step', { ...plain, weight: 0.9 }, null)?.raw).toHaveLength(
      1,
    )
  })
})

describe('groups', () => {
  const seeds = [1, 2, 3].map((seed) => exampleRun({ id: seed, config: { ...defaultTrainConfig, seed } }))

  it('are runs of one name, or that differ in nothing but the seed', () => {
    const other = exampleRun({ id: 4, config: { ...defaultTrainConfig, learningRate: 9 } })
    const named = [5, 6].map((id) =>
      exampleRun({ id, group: 'wide', config: { ...defaultTrainConfig, batchSize: id } }),
    )
    const foreign = [7, 8].map((id) => ({ ...exampleRun({ id }), config: null }))
    expect(
      groupRuns([...seeds, other, ...named, ...foreign]).map(({ runs }) => runs.map(({ id }) => id)),
    ).toEqual([[1, 2, 3], [4], [5, 6], [7], [8]])
  })

  it('have the mean of their runs with the standard deviation of a sample, or all that any run had', () => {
    const curves = [1, 2, 6].map((value, i) =>
      curve(
        i + 1,
        columns(100, 10, () => value, i === 2 ? [55, 40] : undefined),
      ),
    )
    const [group] = groupRuns(seeds)
    if (!group) throw new Error('no group')
    const std = groupCurve(group, curves, 'std')
    expect(std.id).toBe(1)
    expect(std.y[4]).toBeCloseTo(3)
    expect(std.band?.high[4]).toBeCloseTo(3 + Math.sqrt(7))
    const range = groupCurve(group, curves, 'range')
    expect(range.band?.low[5]).toBe(1)
    expect(range.band?.high[5]).toBe(40)
  })

  it('count only the runs that have come so far, between their points too', () => {
    const curves = [
      curve(
        1,
        columns(100, 10, (step) => step),
      ),
      curve(
        2,
        columns(50, 25, (step) => step + 10),
      ),
    ]
    const [group] = groupRuns(seeds)
    const made = groupCurve(group as NonNullable<typeof group>, curves, 'std')
    expect(Array.from(made.band?.count ?? [])).toEqual([1, 1, 2, 2, 2, 1, 1, 1, 1, 1])
    expect(made.y[3]).toBeCloseTo(45)
  })
})

describe('what is said of the curves', () => {
  it('is how many points there are and how they are drawn', () => {
    expect(
      statePoints(
        [
          curve(
            1,
            columns(50, 1, () => 1),
          ),
        ],
        null,
        900,
      ),
    ).toBe('50 points, every one drawn')
    expect(
      statePoints(
        [
          curve(
            1,
            columns(90_000, 100, () => 1, [3, 9]),
          ),
        ],
        null,
        900,
      ),
    ).toBe('90,000 points, min–max per pixel')
    expect(
      statePoints(
        [
          curve(
            1,
            columns(90_000, 500, () => 1, [3, 9]),
          ),
        ],
        null,
        900,
      ),
    ).toBe('90,000 points, min–max per 5 pixels')
    expect(
      statePoints(
        [
          curve(
            1,
            columns(90_000, 100, () => 1, [3, 9]),
          ),
        ],
        [0, 9000],
        900,
      ),
    ).toContain('about 9,000 points')
    // How far apart points are that are all drawn says nothing of the buckets beside them.
    const few = columns(30, 1, () => 1)
    const many = columns(90_000, 100, () => 1, [3, 9])
    expect(statePoints([curve(1, many), curve(2, few)], null, 900)).toBe('90,030 points, min–max per pixel')
    expect(statePoints([], null, 900)).toBe('no points yet')
  })

  it('and which metrics there are: the usual first, found by every word', () => {
    const summary = exampleRun().summaries
    const names = namesOf([
      { summaries: { 'layer/10/norm': summary, 'layer/9/norm': summary, 'val/loss': summary } as never },
    ])
    expect(names).toEqual(['val/loss', 'layer/9/norm', 'layer/10/norm'])
    expect(searchNames(names, 'NORM 9')).toEqual(['layer/9/norm'])
  })

  it('and which is drawn where none was chosen: one that makes a line', () => {
    const logged = (counts: Record<string, number>) => ({
      summaries: Object.fromEntries(
        Object.entries(counts).map(([name, count]) => [name, { count }]),
      ) as never,
    })
    const oneEpoch = logged({ 'time/data': 40, 'val/loss': 1, 'batch/loss': 40 })
    expect(drawnOf([oneEpoch], [])).toEqual(['batch/loss'])
    expect(drawnOf([oneEpoch, logged({ 'val/loss': 2 })], [])).toEqual(['val/loss'])
    expect(drawnOf([oneEpoch, oneEpoch, logged({ 'val/loss': 2 })], [])).toEqual(['batch/loss'])
    expect(drawnOf([oneEpoch], ['val/loss'])).toEqual(['val/loss'])
    expect(drawnOf([oneEpoch], ['reward'])).toEqual(['batch/loss'])
    expect(drawnOf([logged({ best: 1, reward: 2 })], [])).toEqual(['reward'])
    expect(drawnOf([logged({ best: 1 })], [])).toEqual(['best'])
    expect(drawnOf([], ['reward'])).toEqual(['reward'])
  })

  it('in as many columns as leave charts readable', () => {
    expect(columnsFor(1, 900, 400).columns).toBe(1)
    expect(columnsFor(4, 900, 400).columns).toBe(2)
    expect(columnsFor(4, 840, 280).columns).toBe(2)
    expect(columnsFor(2, 900, 260).columns).toBe(2)
    expect(columnsFor(2, 400, 500).columns).toBe(1)
  })
})
