import type { Rule } from '../rule.ts'

/** Steps before which nothing is said: a loss may need some to begin to fall. */
const soonest = 200

export const lossStill: Rule = {
  id: 'loss-still',
  title: 'Loss does not move',
  help: 'The loss is where it began. Compared are the means of the first and the last tenth of the steps.',
  source: {
    title: 'Karpathy: A recipe for training neural networks',
    url: 'https://karpathy.github.io/2019/04/25/recipe/',
  },
  threshold: { label: 'fall of less than', default: 0.02, minimum: 0.001, maximum: 0.5, share: true },
  check({ loss }, threshold) {
    const last = loss.at(-1)
    if (!last || last.step < soonest || loss.length < 10) return []
    const tenth = Math.max(1, Math.floor(loss.length / 10))
    const mean = (some: readonly { mean: number }[]): number =>
      some.reduce((sum, one) => sum + one.mean, 0) / some.length
    const began = mean(loss.slice(0, tenth))
    const stands = mean(loss.slice(-tenth))
    if (!(began > 0) || began - stands >= threshold * began) return []
    return [
      {
        rule: lossStill.id,
        nodeId: null,
        severity: 'watch',
        words: `The loss has not moved: ${began.toPrecision(4)} in the first steps, ${stands.toPrecision(4)} in the last, after ${last.step.toLocaleString('en-US')} steps.`,
        mend: 'Another learning rate, or overfit one batch to see whether the model can learn at all.',
        since: null,
      },
    ]
  },
}
