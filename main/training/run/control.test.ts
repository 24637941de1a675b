import { describe, expect, it } from 'vitest'
import { defaultTrainConfig } from '../../common/training.ts'
import type { Command } from '../protocol.ts'
import { Control, StopRequested } from './control.ts'
import { startingPosition } from './cursor.ts'

/** A run of steps that cost nothing, steered by commands that arrive in one turn of the loop, as in a burst. */
class Run {
  readonly told: string[] = []
  readonly position = startingPosition(defaultTrainConfig)
  status: 'running' | 'paused' = 'running'
  recorded = 0
  readonly control = new Control(
    { prober: { probeNext: () => undefined }, recorder: { recordNext: () => (this.#recording = true) } },
    this,
    () => undefined,
    () => this.told.push('settled'),
  )
  #recording = false

  event(kind: string): void {
    this.told.push(kind)
  }
  speak(): void {}
  tick(): void {}
  skipTime(): void {}

  ask(...kinds: ('pause' | 'resume' | 'step' | 'stop' | 'record')[]): void {
    for (const kind of kinds) this.control.command({ kind } satisfies Command)
  }

  /** Steps until the run waits for a command, or as many as are asked for. */
  async steps(most: number): Promise<number> {
    const from = this.position.step
    for (let i = 0; i < most; i++) {
      if (this.#recording) this.recorded++
      this.#recording = false
      this.position.step++
      const turn = this.control.afterStep()
      if (await Promise.race([turn.then(() => false), turnsOfTheLoop(3)])) {
        this.waiting = turn
        break
      }
    }
    return this.position.step - from
  }
  waiting: Promise<void> = Promise.resolve()
}

/** More than a step that is not paused takes. */
async function turnsOfTheLoop(count: number): Promise<true> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
  return true
}

async function pausedRun(): Promise<Run> {
  const run = new Run()
  run.ask('pause')
  expect(await run.steps(9)).toBe(1)
  expect(run.status).toBe('paused')
  return run
}

describe('what is asked of a run', () => {
  it('to pause before its first step is done after it', async () => {
    const run = await pausedRun()
    expect(run.told).toEqual(['settled', 'paused'])
  })

  it('a step makes one and leaves it paused, and says nothing of it', async () => {
    const run = await pausedRun()
    run.ask('step')
    await run.waiting
    expect(await run.steps(9)).toBe(1)
    expect(run.told).toEqual(['settled', 'paused', 'settled'])
  })

  it('to go on and then to record a step, in one breath, leaves it going', async () => {
    const run = await pausedRun()
    run.ask('resume', 'record')
    await run.waiting
    expect(await run.steps(3)).toBe(3)
    expect(run).toMatchObject({ status: 'running', recorded: 1, told: ['settled', 'paused', 'resumed'] })
  })

  it('to record a step and then to go on leaves it going', async () => {
    const run = await pausedRun()
    run.ask('record', 'resume')
    await run.waiting
    expect(await run.steps(3)).toBe(3)
    expect(run).toMatchObject({ status: 'running', recorded: 1, told: ['settled', 'paused', 'resumed'] })
  })

  it('to go on while a step after a pause still turns is heard', async () => {
    const run = await pausedRun()
    run.ask('record')
    await run.waiting
    const steps = run.steps(3)
    run.ask('resume')
    expect(await steps).toBe(3)
    expect(run.status).toBe('running')
  })

  it('to go on and to pause again leaves it paused', async () => {
    const run = await pausedRun()
    run.ask('resume', 'pause')
    expect(await run.steps(0)).toBe(0)
    run.ask('resume')
    await run.waiting
    expect(run.told).toEqual(['settled', 'paused', 'resumed'])
  })

  it('to stop ends a pause and a run alike', async () => {
    const paused = await pausedRun()
    paused.ask('stop', 'pause')
    await expect(paused.waiting).rejects.toThrow(StopRequested)
    const run = new Run()
    run.ask('stop')
    await expect(run.steps(1)).rejects.toThrow(StopRequested)
  })
})
