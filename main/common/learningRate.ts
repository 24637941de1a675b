/** The learning rate that a configuration asks for at each step: for the run itself, and for the page that draws it ahead. */
import { constant, cosine, oneCycle, polynomial, step, warmup, type Schedule } from './schedule.ts'
import type { TrainConfig } from './training.ts'

/**
 * Warm-up and schedule of a run of so many updates; `at(updates made so far, the configuration's rate)` is the rate of
 * the next one. What a plateau drops is not in it: that follows from what validation will say.
 */
export function scheduleOf(
  { learningRate, schedule }: Pick<TrainConfig, 'learningRate' | 'schedule'>,
  steps: number,
): Schedule {
  const { kind, warmupSteps, everySteps, factor, end, rise } = schedule
  const all = Math.max(1, steps)
  // The same from the first step on, since there is nothing to drop from during a warm-up.
  const left = Math.max(1, all - warmupSteps)
  const after = {
    constant: () => constant(),
    plateau: () => constant(),
    step: () => step({ size: everySteps, gamma: factor }),
    cosine: () => cosine({ steps: left, min: end * learningRate }),
    linear: () => polynomial({ steps: left, end }),
    'one-cycle': () => oneCycle({ steps: all, warm: rise }),
  }[kind]()
  if (warmupSteps === 0 || kind === 'one-cycle') return after
  // From a step of one part to the whole: a first step of nothing would be wasted.
  return warmup({ steps: warmupSteps, start: 1 / (warmupSteps + 1), after })
}
