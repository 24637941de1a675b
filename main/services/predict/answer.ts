/** From what a model gives out to what a person reads. Pure. */
import type { Dataset } from '../../common/data/dataset.ts'
import { UserError } from '../../common/errors.ts'
import type { Answer } from '../../common/predict/subject.ts'

/** Likeliest next tokens that are told. */
const mostTokens = 20

/** `predict/not-finite` of outputs that no probability and no number can be told from; null of all others. */
export function notFinite(output: Float32Array): UserError | null {
  const strange = output.find((value) => !Number.isFinite(value))
  if (strange === undefined) return null
  return new UserError({
    code: 'predict/not-finite',
    what: `The network has no answer: it gives out ${strange}.`,
    mend: 'Either a number in the input is far too large, or its training diverged: then choose an earlier checkpoint.',
  })
}

/** Of logits: e to each of them, over their sum. */
export function softmax(logits: Float32Array): Float64Array {
  const highest = logits.reduce((most, value) => Math.max(most, value), -Infinity)
  const weights = Float64Array.from(logits, (value) => Math.exp(value - highest))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / sum)
}

/** In the target's own unit. */
export const inUnits = (output: Float32Array, targets: Dataset['targets']): number[] =>
  targets.map(({ mean, std }, at) => (output[at] ?? NaN) * std + mean)

/** What the outputs of a model are called: classes, numbers that are predicted, tokens. */
export function namesOf({ task, classes, targets }: Dataset, tokens: readonly string[]): readonly string[] {
  switch (task) {
    case 'classify':
      return classes.map(({ name }) => name)
    case 'regress':
      return targets.map(({ name }) => name)
    case 'next-token':
      return tokens
  }
}

/** Classes or next tokens, the most probable first; of equal ones the first. */
export function choicesOf(
  output: Float32Array,
  names: readonly string[],
  task: Dataset['task'],
): Answer['choices'] {
  const probabilities = softmax(output)
  const order = Array.from(probabilities.keys()).sort(
    (a, b) => probabilities[b]! - probabilities[a]! || a - b,
  )
  const told = task === 'next-token' ? order.slice(0, mostTokens) : order
  return told.map((index) => ({
    index,
    name: names[index] ?? `output ${index}`,
    probability: probabilities[index] ?? 0,
  }))
}
