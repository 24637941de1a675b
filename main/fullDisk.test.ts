/** The disk of a workspace becomes full while a run trains: it halts in words, nothing stored is lost, and it goes on with space. */
import { rmSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { faultsOf } from './killTest/kill.ts'
import { fill, mayMount, small } from './store/smallDisk.ts'
import { Bench } from './workbenchFixture.ts'

it.skipIf(!mayMount)(
  'training on a disk that becomes full (needs to mount)',
  { timeout: 90_000 },
  async () => {
    const place = small('48m')
    let bench = await Bench.open(place)
    // Before the disk goes: what was begun last ends first.
    onTestFinished(() => bench.close())
    const dataset = await bench.importSample('digits')
    const checkpoints = { everySteps: 20, everyMinutes: null, keep: 3, bestMetric: null }
    const runId = await bench.start(dataset, { epochs: 10_000, checkpoints })
    await bench.until((live) => live.storedStep > 40)
    const ballast = fill(place)
    const live = await bench.ended(runId)
    expect(live.status).toBe('failed')
    expect(live.error?.code).toMatch(/^training\/(not-stored|checkpoint)$/)
    expect(live.error?.what).toMatch(/is full|ENOSPC|no space/)
    expect(live.error?.mend).toMatch(/Free some disk space/)
    const points = await bench.points(runId, 'batch/loss')
    expect(points.length).toBeGreaterThanOrEqual(40)

    rmSync(ballast)
    await bench.client.training.resumeRun({ runId })
    await bench.until((again) => again.storedStep > points.length + 10)
    await bench.client.training.stop({ runId })
    await bench.ended(runId)
    const longer = await bench.points(runId, 'batch/loss')
    expect(longer.map(([step]) => step)).toEqual(longer.map((_, i) => i + 1))
    await bench.close()
    expect(faultsOf(place, null)).toEqual([])
    bench = await Bench.open(place)
    expect((await bench.client.runs.get({ runId })).status).toBe('stopped')
  },
)
