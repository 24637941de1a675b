/** A run goes from one workspace to another, and is trained on there to the last bit as it would have been here. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Imported } from './common/exchange/exchange.ts'
import { Bench } from './workbenchFixture.ts'
import { resultOf } from './common/resultOf.ts'

const folder = mkdtempSync(join(tmpdir(), 'tapedeck-moved-'))
const benches: Bench[] = []
afterAll(async () => {
  for (const bench of benches) await bench.remove()
  rmSync(folder, { recursive: true, force: true })
})

async function bench(): Promise<Bench> {
  const opened = await Bench.open()
  benches.push(opened)
  return opened
}

async function importRuns({ client }: Bench, path: string): Promise<Imported> {
  return resultOf(await client.exchange.import({ path }))
}

test(
  'resumed and forked where its data set is, refused in words where it is not',
  { timeout: 60_000 },
  async () => {
    const here = await bench()
    const runId = await here.start(await here.importSample('digits'), { epochs: 1, seed: 3 })
    await here.ended(runId)
    const path = join(folder, 'run.tapedeck')
    const stream = await here.client.exchange.export({ runIds: [runId], path, format: 'archive' })
    await resultOf(stream)
    const goOn = async (
      { client, ended }: Pick<Bench, 'client' | 'ended'>,
      id: number,
    ): Promise<string | null> => {
      await client.training.resumeRun({ runId: id, changes: { epochs: 2 } })
      await ended(id)
      return (await client.runs.get({ runId: id })).weightsSha256
    }
    const expected = await goOn({ client: here.client, ended: (id) => here.ended(id) }, runId)

    const there = await bench()
    const [moved] = (await importRuns(there, path)).runs
    await expect(
      there.client.training.resumeRun({ runId: moved!.id, changes: { epochs: 2 } }),
    ).rejects.toMatchObject({
      data: { code: 'data/unknown' },
    })
    await there.importSample('digits')
    expect(await goOn({ client: there.client, ended: (id) => there.ended(id) }, moved!.id)).toBe(expected)
    const { checkpoints } = await there.client.runs.get({ runId: moved!.id })
    const fork = await there.client.training.fork({
      runId: moved!.id,
      checkpointId: checkpoints[0]!.id,
      changes: { epochs: 3 },
    })
    await there.ended(fork.runId)
    expect(await there.client.runs.get({ runId: fork.runId })).toMatchObject({
      status: 'finished',
      parent: { runId: moved!.id },
    })
  },
)
