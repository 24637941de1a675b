/** The process that writes to a workspace is killed: one of two that read it goes on, with all that was stored. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { Bench } from '../workbenchFixture.ts'

interface Told {
  step: number
  stored: number
}

it('one of two readers takes over from a writer that was killed', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapedeck-take-over-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const child = spawn(process.execPath, [join(import.meta.dirname, 'child.ts'), folder, '1000', '7'])
  onTestFinished(() => void child.kill('SIGKILL'))
  let stored = 0
  const lines = createInterface({ input: child.stdout })
  await new Promise<void>((done) =>
    lines.on('line', (line) => {
      stored = (JSON.parse(line) as Told).stored
      if (stored >= 20) done()
    }),
  )
  const first = await Bench.open(folder, { readWhenHeld: true })
  const second = await Bench.open(folder, { readWhenHeld: true })
  onTestFinished(() => first.close())
  onTestFinished(() => second.close())
  const byKilled = new RegExp(`already open in another Tapedeck \\(test, process ${child.pid}\\)`)
  await expect(first.client.app.takeOver()).rejects.toThrow(byKilled)
  expect((await first.client.app.info()).readOnly?.holder?.pid).toBe(child.pid)

  child.kill('SIGKILL')
  await once(child, 'close')
  const [left] = await first.client.runs.list()
  const runId = left?.id ?? 0
  expect(left?.status).toBe('running')
  const points = await first.points(runId, 'batch/loss')
  expect(points.length).toBeGreaterThanOrEqual(stored)

  await first.client.app.takeOver()
  await expect(second.client.app.takeOver()).rejects.toThrow(/already open in another Tapedeck \(test/)
  expect((await first.client.app.info()).readOnly).toBeNull()
  expect((await second.client.app.info()).readOnly?.holder?.pid).toBe(process.pid)
  expect((await second.client.runs.get({ runId })).status).toBe('interrupted')
  expect(await first.points(runId, 'batch/loss')).toEqual(points)

  // It goes on from a checkpoint at most seven steps before, and the other reads along.
  await first.client.training.resumeRun({ runId })
  await first.until((live) => live.storedStep > points.length)
  await first.client.training.stop({ runId })
  await first.ended(runId)
  const longer = await second.points(runId, 'batch/loss')
  expect(longer.length).toBeGreaterThan(points.length)
  const kept = points.length - 7
  expect(longer.slice(0, kept)).toEqual(points.slice(0, kept))
})
