/** The kill test in its reduced form; `run.ts` is the whole. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ending, faultsOf, trainAndKill } from './kill.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'tapedeck-kill-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

it('a run that is killed three times ends as the one that never was', { timeout: 240_000 }, async () => {
  const size = { epochs: 2, every: 7 }
  const whole = folder()
  await trainAndKill(whole, size, null)
  const cut = folder()
  for (const atStep of [9, 61, 100]) {
    const { killed, last } = await trainAndKill(cut, size, { atStep })
    expect(killed).toBe(true)
    expect(faultsOf(cut, last)).toEqual([])
  }
  await trainAndKill(cut, size, null)
  const { run, points, probes, predictions } = ending(cut)
  expect(run).toEqual({ ...ending(whole).run, status: 'finished' })
  expect(points).toEqual(ending(whole).points)
  expect(probes).toEqual(ending(whole).probes)
  expect(predictions).not.toContain(null)
  expect(predictions).toEqual(ending(whole).predictions)
})

it('a workspace whose process is killed at any moment opens whole', { timeout: 240_000 }, async () => {
  const at = folder()
  for (let moment = 0; moment < 8; moment++) {
    const { killed, last } = await trainAndKill(at, { epochs: 1000, every: 3 }, { afterMs: 40 * moment })
    expect(killed).toBe(true)
    expect(faultsOf(at, last)).toEqual([])
  }
})
