/** Imports and exports through the real thread. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  exportRequestSchema,
  importRequestSchema,
  type Exported,
  type Imported,
} from '../common/exchange/exchange.ts'
import { resultOf } from '../common/resultOf.ts'
import { exchangeInThread } from '../exchange/index.ts'
import { emptyWorkspace, filledWorkspace, type Workspace } from '../exchange/workspaceFixture.ts'
import { sweepCheckpoints } from './checkpointFiles.ts'
import { ExchangeService } from './exchangeService.ts'

let source: Workspace
let target: Workspace
let folder: string
beforeEach(() => {
  source = filledWorkspace(12_000)
  target = emptyWorkspace()
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-service-'))
})
afterEach(() => {
  source.remove()
  target.remove()
  rmSync(folder, { recursive: true, force: true })
})

const exchanger = exchangeInThread(new URL('../exchange/exchangeWorker.ts', import.meta.url))
const serviceOf = ({ folder: workspace, store, checkpointFolder }: Workspace): ExchangeService =>
  new ExchangeService({ version: '9', workspace, store, training: { checkpointFolder }, exchanger })

const exported = (request: object): Promise<Exported> =>
  resultOf(serviceOf(source).export(exportRequestSchema.parse({ runIds: [1, 2], ...request })))
const imported = (path: string, signal?: AbortSignal): Promise<Imported> =>
  resultOf(serviceOf(target).import(importRequestSchema.parse({ path }), signal))
const left = (): string[] => readdirSync(join(target.folder, 'checkpoints'))

test('an archive there and back, while the source is open', async () => {
  const path = join(folder, 'a.tapedeck')
  expect(await exported({ path, format: 'archive' })).toMatchObject({
    runs: 2,
    points: 26_400,
    checkpoints: 4,
  })
  const result = await imported(path)
  expect(result).toMatchObject({ kind: 'archive', metrics: 2, points: 26_400, checkpoints: 4 })
  expect(target.store.runs.list().map(({ name }) => name)).toEqual(['second, “quoted”', 'first'])
  expect(left()).toEqual(['1', '2'])
})

test('every point as CSV is read back as metrics', async () => {
  const path = join(folder, 'points.csv')
  await exported({ path, format: 'csv', metrics: ['val/loss'] })
  const result = await imported(path)
  expect(result).toMatchObject({ kind: 'metrics', metrics: 1, points: 2400, notes: [] })
  const [first] = source.store.transfer.metrics(1).filter(({ metric }) => metric === 'val/loss')
  const [back] = target.store.transfer.metrics(1)
  expect([...target.store.transfer.points(1, back!.id)]).toEqual([
    ...source.store.transfer.points(1, first!.id),
  ])
})

test('JSON holds settings and every point', async () => {
  const path = join(folder, 'points.json')
  await exported({ path, format: 'json' })
  const { runs } = JSON.parse(readFileSync(path, 'utf8')) as {
    runs: { config: { seed: number }; metrics: Record<string, { values: number[] }> }[]
  }
  expect(runs[0]!.config.seed).toBe(12_000)
  expect(runs[1]!.metrics['batch/loss']!.values).toHaveLength(12_000)
})

test('cancelled: nothing is left, and the next import is not disturbed', async () => {
  const path = join(folder, 'a.tapedeck')
  await exported({ path, format: 'archive' })
  const abort = new AbortController()
  const append = target.store.metrics.append.bind(target.store.metrics)
  target.store.metrics.append = (...args) => {
    append(...args)
    abort.abort()
  }
  await expect(imported(path, abort.signal)).rejects.toThrow(/abort/i)
  expect([target.store.runs.list(), target.store.runs.binned(), left()]).toEqual([[], [], []])
  target.store.metrics.append = append
  expect((await imported(path)).runs).toHaveLength(2)
})

test('what is refused is refused in words', async () => {
  await expect(imported(join(folder, 'nowhere'))).rejects.toMatchObject({
    code: 'exchange/file',
    what: `${join(folder, 'nowhere')}: there is nothing of that name.`,
  })
  await expect(
    exported({ path: join(folder, 'no', 'folder.tapedeck'), format: 'archive' }),
  ).rejects.toMatchObject({
    code: 'exchange/file',
  })
  await expect(exported({ runIds: [9], path: join(folder, 'x'), format: 'csv' })).rejects.toMatchObject({
    code: 'runs/unknown',
  })
  expect(readdirSync(folder)).toEqual([])
})

test('what a killed import unpacked is swept when the workspace is opened', () => {
  const staging = mkdtempSync(join(source.folder, 'checkpoints', 'import-'))
  sweepCheckpoints(source.store, source.folder)
  expect(existsSync(staging)).toBe(false)
  expect(source.store.checkpoints.all()).toHaveLength(6)
})
