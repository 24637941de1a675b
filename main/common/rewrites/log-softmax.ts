import type { Plan, Step } from '../plan.ts'
import { passBy, readersOf } from './graph.ts'
import { isWritten, pattern } from './patterns.ts'
import type { Match, Rewrite } from './rewrite.ts'

const log = pattern('y = log(x)')
const whole = [pattern('y = log(softmax(x, -1))'), pattern('y = log(softmax(x, 1))')]

const sourceOf = (plan: Plan, step: Step | undefined): Step | undefined => {
  const from = Object.values(step?.inputs ?? {})[0]?.step
  return plan.steps.find(({ id }) => id === from)
}

/** The steps that take the logarithm of a softmax along the last axis, the last of them given. */
function logSoftmax(plan: Plan, last: Step): readonly string[] {
  const rank = Object.values(last.shapes)[0]?.length
  if (whole.some((as, i) => isWritten(last, as) && (i === 0 || rank === 2))) return [last.id]
  const before = sourceOf(plan, last)
  return isWritten(last, log) && before?.layer.kind === 'softmax' ? [before.id, last.id] : []
}

/**
 * Softmax and negative log-likelihood into cross-entropy. A softmax alone stays: cross-entropy of it is something else,
 * if seldom what is meant.
 */
export const logSoftmaxCrossEntropy: Rewrite = {
  id: 'log-softmax',
  title: 'Softmax and logarithm into the loss',
  help: 'Cross-entropy takes the logarithm of a softmax itself, without overflow, and doing it twice is doing it once: log(softmax(x)) before the Output is left out.',
  mode: 'always',
  find(plan): Match[] {
    const output = plan.steps.find(({ id }) => id === plan.output)
    // A regression's loss takes numbers as they are.
    if (!output || output.parameters['task'] === 'regress') return []
    const last = sourceOf(plan, output)
    const steps = last ? logSoftmax(plan, last) : []
    const readers = readersOf(plan)
    const alone = steps.every((id) => readers.get(id)?.length === 1)
    return steps.length > 0 && alone ? [{ steps }] : []
  },
  apply: (plan, { steps }) => steps.reduce((now, id) => passBy(now, id), plan),
}
