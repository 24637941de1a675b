/**
 * Where the time of a step goes, how fast the run is, what it holds in memory: means over the time between two
 * messages, so that a fast run does not write seven points a step.
 */
import { performance } from 'node:perf_hooks'
import { metrics } from '../../common/schemas.ts'
import type { MemoryStats } from '../../engine/index.ts'

export const phases = ['data', 'forward', 'backward', 'update', 'recorded'] as const
export type Phase = (typeof phases)[number]

const names: Record<Phase, string> = {
  data: metrics.timeData,
  forward: metrics.timeForward,
  backward: metrics.timeBackward,
  update: metrics.timeUpdate,
  recorded: metrics.timeRecorded,
}

/**
 * Steps between two whose gradient norm is measured: every step where that costs less than a hundredth of it, else as
 * often as layers are probed at first. Measuring is part of the update's pass over the weights, and takes about as long as
 * ten operations with each of them; a use of a weight is six.
 *
 * @param usesPerWeight multiplications of a step over number of weights
 */
export const gradientInterval = (usesPerWeight: number): number => (usesPerWeight >= 160 ? 1 : 20)

export class Meter {
  readonly #spent: Record<Phase, number> = {
    data: 0,
    forward: 0,
    backward: 0,
    update: 0,
    recorded: 0,
  }
  #mark = 0
  #steps = 0
  #samples = 0
  #since = performance.now()

  /** A step begins: it waits for its batch. */
  start(): void {
    this.#mark = performance.now()
  }

  /** The phase that went on since the last mark has ended; its milliseconds. */
  end(phase: Phase): number {
    const now = performance.now()
    const spent = now - this.#mark
    this.#spent[phase] += spent
    this.#mark = now
    return spent
  }

  /** A step has ended. */
  count(samples: number): void {
    this.#steps++
    this.#samples += samples
  }

  /** Time since then is no one's: the run was paused or evaluated. */
  skip(): void {
    this.#since = performance.now()
    this.#steps = 0
    this.#samples = 0
    for (const phase of phases) this.#spent[phase] = 0
  }

  /** Metric points of the steps since the last call; none when there were no steps. */
  *take(
    learningRate: number,
    memory: Pick<MemoryStats, 'activeBytes' | 'peakBytes'>,
  ): Generator<[metric: string, value: number]> {
    if (this.#steps === 0) return
    const elapsed = performance.now() - this.#since
    yield [metrics.learningRate, learningRate]
    if (elapsed > 0) yield [metrics.samplesPerSecond, (this.#samples / elapsed) * 1000]
    for (const phase of phases) {
      // Most devices record no steps.
      if (phase === 'recorded' && this.#spent.recorded === 0) continue
      yield [names[phase], this.#spent[phase] / this.#steps]
    }
    yield [metrics.memoryActive, memory.activeBytes]
    yield [metrics.memoryPeak, memory.peakBytes]
    this.skip()
  }
}
