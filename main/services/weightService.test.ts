/** Weights that are looked at while a run trains, and after it; in the real engine worker. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Bench } from '../workbenchFixture.ts'

let bench: Bench
beforeAll(async () => {
  bench = await Bench.open()
})
afterAll(() => bench.remove())

const hidden = (runId: number, checkpointId: number | null = null) =>
  bench.client.runs.filters({ runId, nodeId: 'hidden', checkpointId, firstFilter: 240, firstChannel: 0 })

it('are those of the step that the run is at, then those of a checkpoint; looking changes nothing', async () => {
  const digits = await bench.importSample('digits')
  const looked = await bench.start(digits, { epochs: 4 })
  await bench.until((live) => live.runId === looked && live.storedStep > 20)
  const early = await hidden(looked)
  expect(early).toMatchObject({ filters: 16, channels: 1, rows: 28, columns: 28 })
  expect(early.step).toBeGreaterThan(20)
  expect(Math.max(...early.values.map(Math.abs))).toBeLessThanOrEqual(127)
  const { step } = await bench.ended(looked)
  const late = await hidden(looked)
  expect(late.step).toBe(step)
  expect(late.values).not.toEqual(early.values)

  const unseen = await bench.start(digits, { epochs: 4 })
  await bench.ended(unseen)
  const [seen, other] = [
    await bench.client.runs.get({ runId: looked }),
    await bench.client.runs.get({ runId: unseen }),
  ]
  expect(seen.weightsSha256).toBe(other.weightsSha256)

  const [checkpoint] = other.checkpoints
  expect((await hidden(unseen, checkpoint?.id)).step).toBe(checkpoint?.step)
  await expect(hidden(looked, checkpoint?.id)).rejects.toMatchObject({ data: { code: 'checkpoint/unknown' } })
  await expect(
    bench.client.runs.neighbours({
      runId: looked,
      nodeId: 'hidden',
      checkpointId: null,
      token: null,
      most: 3,
    }),
  ).rejects.toMatchObject({ data: { code: 'weights/no-view' } })
})
