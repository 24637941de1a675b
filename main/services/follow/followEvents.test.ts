/** Event files of TensorBoard that are still written; beside what an import makes of the same files. */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs' // prettier-ignore
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Follow } from '../../common/exchange/follow.ts'
import { readEvents } from '../../exchange/events/read.ts'
import { gather, quiet } from '../../exchange/fixture.ts'
import { exchangeInThread } from '../../exchange/index.ts'
import { emptyWorkspace, type Workspace } from '../../exchange/workspaceFixture.ts'
import { FollowService } from './followService.ts'

const golden = join(import.meta.dirname, '..', '..', 'exchange', 'golden', 'torch')
const first = 'events.out.tfevents.1700000000.golden.0'
const exchanger = exchangeInThread(new URL('../../exchange/exchangeWorker.ts', import.meta.url))
let workspace: Workspace
let folder: string
let service: FollowService
const open = (): FollowService =>
  new FollowService({ store: workspace.store, exchanger, workspace: workspace.folder, silence: 1e12 }, true)

beforeEach(() => {
  workspace = emptyWorkspace()
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tapedeck-follow-events-')))
  service = open()
})
afterEach(async () => {
  await service.close()
  workspace.remove()
  rmSync(folder, { recursive: true, force: true })
})

async function until(wanted: (follow: Follow) => boolean): Promise<Follow> {
  for await (const [follow] of service.watch()) if (follow && wanted(follow)) return follow
  throw new Error('the service ended')
}
const readAll = ({ bytes, files }: Follow, total: number): boolean => files > 0 && bytes.read === total

type Points = Record<string, [step: number, value: number][]>
function followed(runId: number): Points {
  const metrics = workspace.store.transfer.metrics(runId)
  return Object.fromEntries(
    metrics.map(({ id, metric }) => [
      metric,
      [...workspace.store.transfer.points(runId, id)].flatMap(({ steps, values }) =>
        [...steps].map((step, i): [number, number] => [step, values[i]!]),
      ),
    ]),
  )
}
async function imported(name: string): Promise<Points> {
  const { runs } = await gather(readEvents(join(golden, name), quiet))
  const curves = [...runs.values()].flatMap(({ curves }) => [...curves])
  return Object.fromEntries(
    curves.map(([metric, points]) => [metric, points.map(({ step, value }) => [step, value])]),
  )
}

test('records come as they are written; a part of one is waited for, after a restart too', async () => {
  const run = join(folder, 'logs', 'big net')
  service.start(join(folder, 'logs'))
  await until(({ state }) => state === 'waiting')
  mkdirSync(run, { recursive: true })
  const bytes = readFileSync(join(golden, 'plain', first))
  const half = Math.floor(bytes.length / 2)
  writeFileSync(join(run, first), bytes.subarray(0, half))
  const { bytes: so, runs } = await until(({ points, bytes }) => points > 0 && bytes.total === half)
  expect(so.read).toBeLessThanOrEqual(half)
  const { id } = runs[0]!
  expect(workspace.store.runs.get(id)).toMatchObject({
    name: 'big net',
    status: 'running',
    createdAt: 1_700_000_000_250,
    origin: { kind: 'followed', path: run },
  })
  appendFileSync(join(run, first), bytes.subarray(half, half + 100))
  await service.close()
  service = open()
  appendFileSync(join(run, first), bytes.subarray(half + 100))
  await until((follow) => readAll(follow, bytes.length))
  expect(followed(id)).toEqual(await imported('plain'))
  expect(workspace.store.runs.list()).toHaveLength(1)
  expect(workspace.store.runs.get(id)).toMatchObject({ steps: 59, seconds: 29.5 })
})

test('settings that come after the first points are those of the run, and of no other', async () => {
  const run = join(folder, 'run')
  cpSync(join(golden, 'settings'), run, { recursive: true })
  service.start(run)
  const { runs } = await until(
    ({ runs }) =>
      runs.length > 0 && Object.keys(workspace.store.runs.get(runs[0]!.id).origin?.settings ?? {}).length > 0,
  )
  expect(workspace.store.runs.get(runs[0]!.id).origin?.settings).toEqual({
    lr: 0.003,
    optimizer: 'adam',
    nesterov: 1,
    batch: 32,
  })
  await until(({ bytes }) => bytes.total > 0 && bytes.read === bytes.total)
  expect(workspace.store.runs.list()).toHaveLength(1)
  expect(followed(runs[0]!.id)).toEqual(await imported('settings'))
})

test.each([
  { name: 'restart', steps: 39, note: 'Went on from step 19' },
  // Other steps than before: none of those that count no more is written over.
  { name: 'interval', steps: 28, note: 'Went on from step 11' },
  { name: 'afresh', steps: 11, note: 'Began again' },
])('a program that was begun again goes on in its run: $name', async ({ name, steps, note }) => {
  const run = join(folder, 'run')
  mkdirSync(run)
  const [one, two] = [first, 'events.out.tfevents.1700000100.golden.0'] as const
  const sizes = [one, two].map((file) => readFileSync(join(golden, name, file)).length)
  cpSync(join(golden, name, one), join(run, one))
  service.start(run)
  await until((follow) => readAll(follow, sizes[0]!))
  cpSync(join(golden, name, two), join(run, two))
  const { runs } = await until((follow) => readAll(follow, sizes[0]! + sizes[1]!))
  expect(runs).toHaveLength(1)
  const { id } = runs[0]!
  expect(followed(id)).toEqual(await imported(name))
  expect(workspace.store.runs.get(id)).toMatchObject({ steps, events: [{ kind: 'resumed', note }] })
})

test('a file that was written anew is of a new run', async () => {
  const path = join(folder, first)
  cpSync(join(golden, 'plain', first), path)
  const { size } = { size: readFileSync(path).length }
  service.start(path)
  await until((follow) => readAll(follow, size))
  truncateSync(path, 0)
  await until(({ bytes }) => bytes.total === 0)
  cpSync(join(golden, 'plain', first), path)
  const { runs } = await until(({ runCount }) => runCount === 1 && workspace.store.runs.list().length === 2)
  await until((follow) => readAll(follow, size))
  expect(followed(runs[0]!.id)).toEqual(await imported('plain'))
})

test('damage is said with its place, once its bytes have had time to come', async () => {
  const path = join(folder, first)
  const bytes = Buffer.from(readFileSync(join(golden, 'plain', first)))
  bytes[bytes.length - 30]! ^= 1
  writeFileSync(path, bytes)
  utimesSync(path, new Date(), new Date(Date.now() - 60_000))
  service.start(path)
  const { problem, runs } = await until((follow) => follow.problem !== null)
  expect(problem).toMatchObject({
    code: 'exchange/damaged',
    what: expect.stringMatching(/is damaged: record \d+, at byte \d+, has a wrong sum/) as string,
  })
  expect(runs).toMatchObject([{ status: 'interrupted' }])
})
