/** A writer appends to files, and what it wrote stands in the table; through the real thread. */
import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs' // prettier-ignore
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Follow } from '../../common/exchange/follow.ts'
import { beginning } from '../../exchange/follow/position.ts'
import { exchangeInThread, type FollowReport } from '../../exchange/index.ts'
import { emptyWorkspace, filledWorkspace, type Workspace } from '../../exchange/workspaceFixture.ts'
import { FollowService } from './followService.ts'

const exchanger = exchangeInThread(new URL('../../exchange/exchangeWorker.ts', import.meta.url))
let workspace: Workspace
let folder: string
let service: FollowService
const open = (silence = 600_000): FollowService =>
  new FollowService({ store: workspace.store, exchanger, workspace: workspace.folder, silence }, true)

beforeEach(() => {
  workspace = emptyWorkspace()
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tapedeck-follow-')))
  service = open()
})
afterEach(async () => {
  await service.close()
  workspace.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Waits until the only followed path is as wanted. */
async function until(wanted: (follow: Follow) => boolean): Promise<Follow> {
  for await (const [follow] of service.watch()) if (follow && wanted(follow)) return follow
  throw new Error('the service ended')
}
const points = (runId: number, metric = 'loss'): [number, number][] => {
  const found = workspace.store.transfer.metrics(runId).find((one) => one.metric === metric)
  if (!found) return []
  return [...workspace.store.transfer.points(runId, found.id)].flatMap(({ steps, values }) =>
    [...steps].map((step, i): [number, number] => [step, values[i]!]),
  )
}
const line = (step: number, loss: number): string => `${JSON.stringify({ step, loss })}\n`
const names = (): string[] => workspace.store.runs.list().map(({ name }) => name)

test('a file that is not there yet; lines in pieces, inside a letter too; an end', async () => {
  const path = join(folder, 'metrics.jsonl')
  expect(service.start(path)).toMatchObject({ path, runs: [] })
  await until(({ state, problem, runs }) => state === 'waiting' && problem === null && runs.length === 0)
  const start = Buffer.from(
    `${JSON.stringify({ tapedeck: 'start', name: 'Größe', model: 'MLP', started: 1764300000.0004, parameters: 12.5, settings: { lr: 0.1, optimizer: 'Adam' } })}\n`,
  )
  const inside = start.indexOf('ß') + 1
  writeFileSync(path, start.subarray(0, inside))
  await until(({ files, bytes }) => files === 1 && bytes.read === 0)
  appendFileSync(path, start.subarray(inside))
  const { runs } = await until((follow) => follow.runs.length === 1)
  const { id } = runs[0]!
  expect(workspace.store.runs.get(id)).toMatchObject({
    name: 'Größe',
    status: 'running',
    modelName: 'MLP',
    createdAt: 1_764_300_000_000,
    origin: { kind: 'followed', path, settings: { lr: 0.1, optimizer: 'Adam' } },
  })
  appendFileSync(path, line(1, 0.5) + '{"step": 2, "lo')
  await until((follow) => follow.points === 1)
  appendFileSync(path, 'ss": 0.25, "val": {"loss": 1}}\n{"step": 3, "loss": NaN}\n')
  await until((follow) => follow.points === 3)
  expect([points(id), points(id, 'val/loss')]).toEqual([
    [
      [1, 0.5],
      [2, 0.25],
    ],
    [[2, 1]],
  ])
  // Whole, though no line break follows.
  appendFileSync(path, '{"tapedeck": "end", "status": "finished"}')
  const { state } = await until((follow) => follow.runs[0]?.status === 'finished')
  expect(state).not.toBe('stopped')
  expect(workspace.store.runs.get(id)).toMatchObject({ steps: 2, error: null })
  expect(workspace.store.runs.get(id).events).toMatchObject([
    { step: 3, kind: 'remark', note: 'loss is NaN; a curve cannot show that.' },
  ])
})

test('a file that another takes the place of, or that was emptied, is of a new run', async () => {
  const path = join(folder, 'a.jsonl')
  writeFileSync(path, line(1, 1) + line(2, 2))
  service.start(path)
  await until((follow) => follow.points === 2)
  writeFileSync(`${path}.new`, line(1, 7) + line(2, 8) + line(3, 9))
  renameSync(`${path}.new`, path)
  await until((follow) => follow.points === 5)
  truncateSync(path, 0)
  appendFileSync(path, line(1, 11))
  await until((follow) => follow.points === 6)
  expect(workspace.store.runs.list().map(({ id, status }) => [points(id), status])).toEqual([
    [[[1, 11]], 'running'],
    [[[1, 7], [2, 8], [3, 9]], 'interrupted'], // prettier-ignore
    [[[1, 1], [2, 2]], 'interrupted'], // prettier-ignore
  ])
})

test('after a restart no point comes twice, and what was written meanwhile is there', async () => {
  const path = join(folder, 'a.jsonl')
  writeFileSync(path, line(1, 1))
  service.start(path)
  await until((follow) => follow.points === 1)
  await service.close()
  workspace.store.runs.interruptAbandoned()
  appendFileSync(path, line(2, 2))
  service = open()
  const { runs } = await until((follow) => follow.points === 1 && follow.runs[0]?.status === 'running')
  expect(runs).toHaveLength(1)
  const run = workspace.store.runs.get(runs[0]!.id)
  expect(run.summaries['loss']).toMatchObject({ count: 2, last: 2 })
  expect(points(run.id)).toHaveLength(2)
})

test('a program that goes on from a step makes what came after it again; steps that come twice count once', async () => {
  const path = join(folder, 'a.jsonl')
  const start = (step: number): string => `{"tapedeck": "start", "name": "a", "step": ${step}}\n`
  writeFileSync(path, start(0) + line(1, 1) + line(2, 2) + line(3, 3))
  service.start(path)
  const { runs } = await until((follow) => follow.points === 3)
  appendFileSync(path, start(1) + line(2, 20))
  await until((follow) => follow.points === 4)
  const { id } = runs[0]!
  expect(points(id)).toEqual([[1, 1], [2, 20]]) // prettier-ignore
  // Out of order, without a word.
  appendFileSync(path, line(1, 10) + `{"tapedeck": "end"}\n`)
  await until((follow) => follow.runs[0]?.status === 'finished' && follow.state === 'quiet')
  expect(points(id)).toEqual([[1, 10], [2, 20]]) // prettier-ignore
  expect(workspace.store.runs.get(id).summaries['loss']).toMatchObject({
    count: 2,
    first: 10,
    last: 20,
    min: 10,
  })
  // From the beginning: a new run.
  appendFileSync(path, start(0) + line(1, 5))
  await until((follow) => follow.points === 6)
  expect(names()).toEqual(['a', 'a'])
})

test('a folder: a run for each file, new ones too, and the run that an exported project came from', async () => {
  workspace.remove()
  workspace = filledWorkspace(10)
  await service.close()
  service = open()
  mkdirSync(join(folder, 'trial_1'))
  const from = (name: string): string =>
    `{"tapedeck": "start", "from": {"run": 1, "name": "${name}", "step": 10}, "processes": 2}\n`
  writeFileSync(join(folder, 'trial_1', 'metrics.jsonl'), from('first') + line(1, 1))
  writeFileSync(join(folder, 'other.ndjson'), from('of another workspace') + line(1, 1))
  writeFileSync(join(folder, 'notes.txt'), 'no metrics')
  service.start(folder)
  await until((follow) => follow.points === 2)
  mkdirSync(join(folder, 'trial_2'))
  writeFileSync(join(folder, 'trial_2', 'loss.jsonl'), line(1, 1))
  await until((follow) => follow.points === 3)
  const parents = workspace.store.runs
    .list()
    .filter(({ origin }) => origin)
    .map(({ name, parent }) => [name, parent])
  expect(new Map(parents as [string, unknown][])).toEqual(
    new Map<string, unknown>([
      ['trial_1', { runId: 1, step: 10 }],
      ['other', null],
      ['trial_2/loss', null],
    ]),
  )
  expect(() => service.start(join(folder, 'trial_1', 'metrics.jsonl'))).toThrow(
    /followed already, as a part of/,
  )
  expect(service.start(folder).id).toBe(1)
  // Of a folder only JSON lines are read.
  expect(service.start(join(folder, 'log.csv')).id).toBe(2)
})

test('CSV, several runs in one file, and times since 1970', async () => {
  const path = join(folder, 'log.csv')
  writeFileSync(path, 'run,step,timestamp,loss,val\na,1,1700000000,0.5,\n')
  service.start(path)
  await until((follow) => follow.points === 1)
  appendFileSync(path, 'a,2,1700000003,0.25,0.75\nb,1,1700000004,9,\na,3,17')
  await until((follow) => follow.points === 4)
  const [b, a] = workspace.store.runs.list()
  expect([a, b]).toMatchObject([
    { name: 'a', createdAt: 1_700_000_000_000, steps: 2, seconds: 3 },
    { name: 'b', steps: 1, seconds: 0 },
  ])
  expect(points(a!.id, 'val')).toEqual([[2, 0.75]])
})

test('a writer that says nothing any more is given up, and is there again when it writes', async () => {
  await service.close()
  service = open(60_000)
  const path = join(folder, 'a.jsonl')
  writeFileSync(path, line(1, 1))
  utimesSync(path, new Date(), new Date(Date.now() - 100_000))
  service.start(path)
  const { state } = await until((follow) => follow.runs[0]?.status === 'interrupted')
  expect(state).toBe('quiet')
  appendFileSync(path, line(2, 2))
  await until((follow) => follow.state === 'live' && follow.runs[0]?.status === 'running')
})

test('a folder that vanishes is said and waited for', async () => {
  const path = join(folder, 'share', 'a.jsonl')
  mkdirSync(join(folder, 'share'))
  writeFileSync(path, line(1, 1))
  service.start(path)
  await until((follow) => follow.points === 1)
  renameSync(join(folder, 'share'), join(folder, 'away'))
  const { problem } = await until((follow) => follow.state === 'missing')
  expect(problem?.what).toBe(`${path}: there is nothing of that name.`)
  appendFileSync(join(folder, 'away', 'a.jsonl'), line(2, 2))
  renameSync(join(folder, 'away'), join(folder, 'share'))
  await until((follow) => follow.points === 2 && follow.state === 'live' && follow.problem === null)
  expect(names()).toHaveLength(1)
})

test('stopped, gone on with, removed; a run that was deleted stays deleted', async () => {
  const path = join(folder, 'a.jsonl')
  writeFileSync(path, line(1, 1))
  const { id } = service.start(path)
  const { runs } = await until((follow) => follow.points === 1)
  await service.stop(id)
  expect(await until((follow) => follow.state === 'stopped')).toMatchObject({
    runs: [{ status: 'interrupted' }],
  })
  appendFileSync(path, line(2, 2))
  service.start(path)
  await until((follow) => follow.points === 1 && follow.state === 'live')
  expect(points(runs[0]!.id)).toHaveLength(2)
  workspace.store.removal.begin(runs[0]!.id)
  appendFileSync(path, line(3, 3))
  await until(({ bytes }) => bytes.read === 3 * line(1, 1).length)
  expect(names()).toEqual([])
  await service.remove(id)
  const { value } = await service.watch().next()
  expect(value).toEqual([])
})

/** What is in the file itself, not in its log. */
const stored = (): number => statSync(join(workspace.folder, 'workspace.db')).size

test('the thread that reads moves the log of the workspace into its file', async () => {
  const before = stored()
  const path = join(folder, 'a.jsonl')
  // Fewer than the store waits for.
  writeFileSync(path, Array.from({ length: 3000 }, (_, i) => line(i, i)).join(''))
  service.start(path)
  await expect.poll(stored).toBeGreaterThan(before + 50_000)
})

test('while much is read, nobody else moves it; then it is moved as always', async () => {
  const before = stored()
  const path = join(folder, 'a.jsonl')
  const many = (from: number): FollowReport => {
    const values = Array.from({ length: 500 }, (_, i) => ({ metric: 'm', step: from + i, value: i, epoch: 0, seconds: 0 })) // prettier-ignore
    const news = [{ kind: 'points' as const, key: '', points: values, began: null }]
    return { kind: 'batch', batch: { path, name: 'a', news, position: beginning(), bytes: 0 } }
  }
  let whileRead = 0
  await service.close()
  const read = async function* (): AsyncGenerator<FollowReport> {
    for (let i = 0; i < 60; i++) yield many(500 * i)
    whileRead = stored()
    yield { kind: 'caught-up', files: 1, missing: null }
  }
  const { store, folder: at } = workspace
  service = new FollowService({ store, workspace: at, exchanger: { ...exchanger, follow: read } }, true)
  service.start(path)
  const { runs } = await until(({ state }) => state === 'stopped')
  expect(whileRead).toBe(before)
  store.runs.addEvent(runs[0]!.id, { step: 1, kind: 'remark', note: 'written by another' })
  expect(stored()).toBeGreaterThan(before + 500_000)
})

test('what is no text is refused in words, and follows nothing', async () => {
  const path = join(folder, 'a.jsonl')
  writeFileSync(path, Buffer.from('\0\0\0\n'))
  service.start(path)
  const { problem } = await until((follow) => follow.problem !== null)
  expect(problem).toMatchObject({ code: 'exchange/unknown' })
  expect(() => service.start('a.jsonl')).toThrow(/is no whole path/)
})
