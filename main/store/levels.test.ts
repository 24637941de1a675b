import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { templates } from '../common/templates.ts'
import { defaultTrainConfig } from '../common/training.ts'
import { type Series } from '../common/schemas.ts'
import { openDatabase, type OpenDatabase } from './database.ts'
import { Levels } from './levels.ts'
import { Store, type Point } from './index.ts'

let folder: string
let database: OpenDatabase
let store: Store
let run: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-levels-'))
  database = openDatabase(folder, 'test')
  store = new Store(database)
  const [template] = templates()
  if (!template) throw new Error('no template')
  const engine = {
    version: '0',
    build: 'test',
    instructionSet: 'generic',
    bfloat16: false,
    threads: 1,
    oneDNN: null,
    cuda: { available: false, reason: 'not built' },
  }
  run = store.runs.create({
    name: 'levels',
    datasetId: 'd',
    datasetName: 'D',
    config: defaultTrainConfig,
    document: template.document,
    engine,
    parameters: 1,
  })
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const wave = (step: number): number => Math.sin(step / 900) + ((step * 7919) % 101) / 500
const write = (from: number, to: number, value: (step: number) => number): void => {
  const points: Point[] = []
  for (let step = from; step <= to; step++)
    points.push({ metric: 'm', step, value: value(step), epoch: step / 100, seconds: step / 10 })
  store.transaction(() => store.metrics.append(run, points))
}
const read = (maxBuckets: number, fromStep: number | null = null, toStep: number | null = null): Series => {
  const [series] = store.metrics.series({ runIds: [run], metrics: ['m'], maxBuckets, fromStep, toStep })
  if (!series) throw new Error('no series')
  return series
}

/** What the buckets say of the points that they cover must be what those points are. */
function check(series: Series, value: (step: number) => number): void {
  let next = series.buckets[0]?.step ?? 0
  let total = 0
  for (const { step, lastStep, min, max, mean, last, epoch } of series.buckets) {
    expect(step).toBe(next)
    next = lastStep + 1
    const values = Array.from({ length: lastStep - step + 1 }, (_, i) => value(step + i))
    total += values.length
    expect(min).toBe(Math.min(...values))
    expect(max).toBe(Math.max(...values))
    expect(mean).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 9)
    expect(last).toBe(values.at(-1))
    expect(epoch).toBeCloseTo(lastStep / 100, 9)
  }
  expect(series.total).toBe(total)
}

it('says the same of a long run as its points do, however it was flushed', () => {
  let from = 1
  for (const size of [1, 15, 700, 4096, 17, 20_000, 3]) {
    write(from, from + size - 1, wave)
    from += size
  }
  for (const buckets of [1, 3, 50, 400, 5000]) {
    const series = read(buckets)
    check(series, wave)
    expect(series.total).toBe(from - 1)
    expect(series.buckets.length).toBeLessThanOrEqual(buckets)
  }
})

it('covers at least the range that is asked for, and little more', () => {
  write(1, 60_000, wave)
  const series = read(100, 12_345, 50_001)
  check(series, wave)
  expect(series.buckets[0]?.step).toBeLessThanOrEqual(12_345)
  expect(series.buckets[0]?.step).toBeGreaterThan(12_345 - 256)
  expect(series.buckets.at(-1)?.lastStep).toBeGreaterThanOrEqual(50_001)
  expect(series.buckets.at(-1)?.lastStep).toBeLessThan(50_001 + 256)
})

it('counts a step once that was trained twice', () => {
  write(1, 9000, wave)
  const again = (step: number): number => (step > 5003 ? -wave(step) : wave(step))
  write(5004, 7100, again)
  check(read(90), (step) => (step > 7100 ? wave(step) : again(step)))
})

it('forgets what was deleted beyond a step', () => {
  write(1, 9000, wave)
  const { connection } = database
  connection.transaction(() => {
    connection.prepare('DELETE FROM point WHERE run_id = ? AND step > ?').run(run, 5003)
    new Levels(connection).forgetAfter(run, 5003)
  })()
  const series = read(90)
  check(series, wave)
  expect(series.total).toBe(5003)
})

it('draws every point of a sparse series in a long run', () => {
  const points = Array.from({ length: 40 }, (_, i) => ({
    metric: 'm',
    step: (i + 1) * 25_000,
    value: i,
    epoch: 0,
    seconds: 0,
  }))
  store.transaction(() => store.metrics.append(run, points))
  const series = read(50)
  expect(series.buckets.map(({ last }) => last)).toEqual(points.map(({ value }) => value))
  expect(series.total).toBe(40)
})
