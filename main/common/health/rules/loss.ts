/** What the training loss does as a whole. Looked at over parts of the steps, so that one batch decides nothing. */
import type { Measured, Rule, Verdict } from '../rule.ts'

/** Steps before which nothing is said: a loss may need some to begin to fall. */
const soonest = 200

/** Said of the layers, these are why a loss does not fall. */
const causes = [
  'not-finite',
  'no-gradient',
  'vanishing',
  'exploding',
  'dead-units',
  'saturated',
  'updates-small',
] as const

export const lossStill: Rule = {
  id: 'loss-still',
  title: 'Loss does not move',
  help: 'The loss is where it began. Compared are the means of the first and the last tenth of the steps.',
  source: {
    title: 'Karpathy: A recipe for training neural networks',
    url: 'https://karpathy.github.io/2019/04/25/recipe/',
  },
  threshold: { label: 'fall of less than', default: 0.02, minimum: 0.001, maximum: 0.5, share: true },
  explainedBy: [...causes, 'loss-rises'],
  check(measured, threshold) {
    const tenths = meansOf(measured, 10)
    const steps = stepsOf(measured)
    const [began] = tenths
    const stands = tenths.at(-1)
    if (steps < soonest || !began || !stands || began - stands >= threshold * began) return []
    return said(lossStill, 'watch', {
      words: `The loss has not moved: ${began.toPrecision(4)} in the first steps, ${stands.toPrecision(4)} in the last, after ${steps.toLocaleString('en-US')} steps.`,
      mend: 'Another learning rate, or overfit one batch to see whether the model can learn at all.',
    })
  },
}

export const lossRises: Rule = {
  id: 'loss-rises',
  title: 'Loss rises',
  help: 'The training loss is well above the lowest that it has been: what was learned is lost again. Compared are means over fifths of the steps: batches of short texts may be harder than others.',
  source: {
    title:
      'Goodfellow, Bengio and Courville 2016: Deep Learning, 11.4.1: too large a learning rate raises the training error',
    url: 'https://www.deeplearningbook.org/contents/guidelines.html',
  },
  threshold: { label: 'times the lowest, above', default: 2, minimum: 1.05, maximum: 100 },
  explainedBy: ['updates-large'],
  check(measured, threshold) {
    const fifths = meansOf(measured, 5)
    const [began = 0] = fifths
    const stands = fifths.at(-1) ?? 0
    const lowest = Math.min(...fifths)
    // Near the end of a good run a loss of thousandths goes up and down by more than that.
    if (!(stands > threshold * lowest) || stands - lowest < 0.2 * began) return []
    return said(lossRises, stands > began ? 'bad' : 'watch', {
      words: `The loss rises: ${stands.toPrecision(3)} in the last steps, ${lowest.toPrecision(3)} at its lowest.`,
      mend: 'A lower learning rate, warm-up, or clipping of the gradient norm; go back to the best checkpoint.',
    })
  },
}

export const lossBaseline: Rule = {
  id: 'loss-baseline',
  title: 'No better than the shares of the classes',
  help: 'The loss is where a model would be that knows how common each class is and nothing of the samples: the entropy of the classes. With unbalanced classes accuracy looks good all the same.',
  source: {
    title: 'Karpathy: A recipe for training neural networks, the input-independent baseline',
    url: 'https://karpathy.github.io/2019/04/25/recipe/',
  },
  threshold: { label: 'of that loss, at least', default: 0.97, minimum: 0.5, maximum: 1, share: true },
  explainedBy: [...causes, 'loss-rises', 'loss-still'],
  check(measured, threshold) {
    const { baseline } = measured
    const stands = meansOf(measured, 10).at(-1)
    if (baseline === null || stepsOf(measured) < soonest || !stands || stands < threshold * baseline)
      return []
    const than = stands > baseline / threshold ? 'worse than' : 'no better than'
    return said(lossBaseline, 'watch', {
      words: `The loss, ${stands.toPrecision(3)}, is ${than} that of knowing how common each class is, ${baseline.toPrecision(3)}: nothing of the samples is used.`,
      mend: 'See whether labels belong to their samples and inputs are scaled; another learning rate; overfit one batch.',
    })
  },
}

const stepsOf = ({ loss }: Measured): number => loss.at(-1)?.step ?? 0

/** Means of the loss over stretches of the same number of steps; none before there are ten values. */
function meansOf({ loss }: Measured, parts: number): number[] {
  if (loss.length < 10) return []
  return Array.from({ length: parts }, (_, i) => {
    const some = loss.slice(
      Math.floor((i * loss.length) / parts),
      Math.floor(((i + 1) * loss.length) / parts),
    )
    return some.reduce((sum, { mean }) => sum + mean, 0) / some.length
  })
}

const said = (
  { id }: Rule,
  severity: Verdict['severity'],
  text: Pick<Verdict, 'words' | 'mend'>,
): Verdict[] => [{ rule: id, layers: [], severity, ...text }]
