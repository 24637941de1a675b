/** Two processes on one workspace: the second one reads what the first does, and is told why it may not write. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contract } from './common/api.ts'
import { unpackRuns } from './common/storedRun.ts'
import { readingProcedures } from './services/readOnly.ts'
import { defaultTrainConfig } from './common/training.ts'
import { Bench, template, type Client } from './workbenchFixture.ts'

let writer: Bench
let reader: Bench
let client: Client

beforeAll(async () => {
  writer = await Bench.open()
  reader = await Bench.open(writer.folder, { readWhenHeld: true })
  client = reader.client
})
afterAll(async () => {
  await reader.close()
  await writer.remove()
})

const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'not refused',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

test('without being asked to read, a second one is refused', async () => {
  expect(await refusal(Bench.open(writer.folder))).toMatch(
    /is already open in another Tapedeck \(test, process/,
  )
})

test('reads what the writer does, while it does it', async () => {
  const revisions = (await client.runs.watch())[Symbol.asyncIterator]()
  const { value: before } = await revisions.next()
  const dataset = await writer.importSample('digits')
  const runId = await writer.start(dataset, { epochs: 1 })
  await writer.ended(runId)
  const { value: revision } = await revisions.next()
  expect(revision).toBeGreaterThan(before as number)
  // The last word of the run may come in a change of its own.
  const finished = async (): Promise<boolean> => {
    const [run] = unpackRuns(await client.runs.changes({ since: 0, before: null }))
    return run?.id === runId && run.status === 'finished'
  }
  while (!(await finished())) await revisions.next()
  expect((await client.data.list()).map(({ id }) => id)).toEqual([dataset.id])
  expect(await reader.points(runId, 'batch/loss')).toEqual(await writer.points(runId, 'batch/loss'))
  expect(await client.runs.get({ runId })).toEqual(await writer.client.runs.get({ runId }))
})

test('sees the queue of sweeps move, which the writer works on', async () => {
  const [dataset] = await writer.client.data.list()
  const spec = {
    document: template('digits-mlp'),
    datasetId: dataset?.id ?? '',
    config: { ...defaultTrainConfig, epochs: 1 },
    dimensions: [],
    method: { kind: 'grid' as const },
    seeds: 2,
    objective: { metric: 'val/loss', direction: 'min' as const },
  }
  const { sweepId } = await writer.client.sweeps.start({ spec })
  for await (const { sweeps } of await client.sweeps.watch())
    if (sweeps.some(({ id, counts }) => id === sweepId && counts.finished === 2)) break
  expect((await client.sweeps.get({ sweepId })).trials.map(({ status }) => status)).toEqual([
    'finished',
    'finished',
  ])
})

test('says what runs get right and wrong, and asks a model', async () => {
  const [b = 0, a = 0] = (await client.runs.list()).map(({ id }) => id)
  expect(await client.runs.disagreements({ a, b })).toEqual(await writer.client.runs.disagreements({ a, b }))
  expect(await client.runs.predictions({ runId: a })).toEqual(
    await writer.client.runs.predictions({ runId: a }),
  )
  expect((await client.predict.subject({ runId: a })).runId).toBe(a)
})

test('says who writes, and refuses to change anything', async () => {
  const holder = { pid: process.pid, shell: 'test' }
  expect((await client.app.info()).readOnly).toEqual({ holder })
  expect((await writer.client.app.info()).readOnly).toBeNull()
  const sentence = new RegExp(`can only be read here: another Tapedeck \\(process ${process.pid}\\) writes`)
  const runs = await client.runs.list()
  const runId = runs[0]?.id ?? 0
  const asked = [
    client.runs.rename({ runId, name: 'mine' }),
    client.runs.bin({ runIds: [runId] }),
    client.runs.remove({ runId }),
    client.training.fork({ runId, checkpointId: null }),
    client.models.save({ id: null, document: (await client.runs.get({ runId })).document! }),
  ]
  for (const question of asked) expect(await refusal(question)).toMatch(sentence)
  expect(await writer.client.runs.list()).toEqual(runs)
})

test('names only procedures that there are', () => {
  const there = new Set(
    Object.entries(contract).flatMap(([group, procedures]) =>
      Object.keys(procedures).map((name) => `${group}.${name}`),
    ),
  )
  expect([...readingProcedures].filter((name) => !there.has(name))).toEqual([])
})

test('says when the writer has gone, whose work is whole, and writes when told to', async () => {
  await writer.close()
  expect((await client.app.info()).readOnly).toEqual({ holder: null })
  expect(await client.runs.list()).toHaveLength(3)
  expect(await refusal(client.runs.bin({ runIds: [1] }))).toMatch(
    /has been closed since\. Choose "Take over"/,
  )
  await client.app.takeOver()
  await client.app.takeOver()
  expect((await client.app.info()).readOnly).toBeNull()
  await client.runs.rename({ runId: 1, name: 'written here' })
  writer = await Bench.open(writer.folder, { readWhenHeld: true })
  expect((await writer.client.runs.get({ runId: 1 })).name).toBe('written here')
})
