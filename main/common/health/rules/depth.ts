/** How gradients change from the last layer back to the first. */
import {
  looks,
  partOf,
  verdictOf,
  type Hit,
  type Look,
  type Measured,
  type Rule,
  type Verdict,
} from '../rule.ts'

/** Only a network this deep can be said to lose or gain gradient by depth. */
const fewest = 4

/** Layers whose weights are all used by every sample: an embedding's rows and a norm's few weights are not comparable. */
const comparable = /^(linear|conv|depthwise|rnn|lstm|gru|attention|cross-attention|transformer)/

/** Root mean square gradient of each layer's weights, in running order. */
function byDepth(measured: Measured): { look: Look; size: number }[] {
  return looks(measured).flatMap((look) => {
    const norm = look.now('gradients.norm')
    const { weights, kind } = look.layer
    if (norm === null || weights === 0 || !comparable.test(kind)) return []
    return [{ look, size: norm / Math.sqrt(weights) }]
  })
}

/** Slope of log10 of the gradient by layer, from the first layer on, by least squares. */
function slope(sizes: readonly number[]): number {
  const logs = sizes.map((size) => Math.log10(Math.max(size, 1e-45)))
  const middle = (sizes.length - 1) / 2
  const mean = logs.reduce((a, b) => a + b, 0) / logs.length
  const across = logs.reduce((sum, log, i) => sum + (i - middle) * (log - mean), 0)
  return across / logs.reduce((sum, _, i) => sum + (i - middle) ** 2, 0)
}

/** Whether there is a tanh or sigmoid among the layers. */
const bounded = ({ layers }: Measured): boolean =>
  layers.some(({ squash }) => squash === 'tanh' || squash === 'sigmoid')

const source = {
  title: 'Glorot and Bengio 2010: Understanding the difficulty of training deep feedforward neural networks',
  url: 'https://proceedings.mlr.press/v9/glorot10a.html',
}

export const vanishing: Rule = {
  id: 'vanishing',
  title: 'Vanishing gradients',
  help: 'Each layer passes on less gradient than it gets, so the first layers of a deep network hardly learn.',
  source,
  threshold: {
    label: 'first : last layer, gradient per weight, below',
    default: 1e-3,
    minimum: 1e-8,
    maximum: 0.5,
  },
  explainedBy: ['saturated'],
  check(measured, threshold) {
    const layers = byDepth(measured)
    const [first] = layers
    const last = layers.at(-1)
    // Nothing at all is another rule's to tell.
    if (!first || !last || layers.length < fewest || last.size === 0 || first.size === 0) return []
    const ratio = first.size / last.size
    const perLayer = slope(layers.map(({ size }) => size))
    if (ratio >= threshold || perLayer <= 0) return []
    return [
      verdict(vanishing.id, first.look, ratio < threshold / 10 ? 'bad' : 'watch', {
        words: `Gradients vanish: a weight of ${first.look.layer.title}, the first layer, gets ${partOf(ratio)} of the gradient of one of ${last.look.layer.title}, the last; each layer passes on about ${partOf(10 ** -perLayer)}.`,
        mend: `${bounded(measured) ? 'ReLU instead of tanh or sigmoid, connections' : 'Connections'} around layers, batch or layer norm, or larger starting weights.`,
      }),
    ]
  },
}

export const explodingByDepth: Rule = {
  id: 'exploding',
  title: 'Exploding gradients',
  help: 'Each layer passes on more gradient than it gets, so the first layers of a deep network jump about.',
  source,
  threshold: {
    label: 'first : last layer, gradient per weight, above',
    default: 1e3,
    minimum: 2,
    maximum: 1e8,
  },
  check(measured, threshold) {
    const layers = byDepth(measured)
    const [first] = layers
    const last = layers.at(-1)
    if (!first || !last || layers.length < fewest || last.size === 0) return []
    const ratio = first.size / last.size
    const perLayer = slope(layers.map(({ size }) => size))
    if (ratio <= threshold || perLayer >= 0) return []
    return [
      verdict(explodingByDepth.id, first.look, ratio > threshold * 10 ? 'bad' : 'watch', {
        words: `Gradients explode: a weight of ${first.look.layer.title}, the first layer, gets ${Math.round(ratio).toLocaleString('en-US')} times the gradient of one of ${last.look.layer.title}, the last.`,
        mend: 'Smaller starting weights, batch or layer norm, or clipping of the gradient norm.',
      }),
    ]
  },
}

export const gradientJump: Rule = {
  id: 'gradient-jump',
  title: 'Gradient far above its usual size',
  help: 'The gradient of a layer is many times what it was in most of the run: often the step before a divergence.',
  source: {
    title: 'Pascanu, Mikolov and Bengio 2013: On the difficulty of training recurrent neural networks',
    url: 'https://proceedings.mlr.press/v28/pascanu13.html',
  },
  threshold: { label: 'times the median of the run, above', default: 100, minimum: 3, maximum: 1e6 },
  check(measured, threshold) {
    const hits = looks(measured).flatMap((look): Hit[] => {
      const norm = look.now('gradients.norm')
      const known = look.row('gradients.norm').filter((value): value is number => value !== null)
      const usual = known.toSorted((a, b) => a - b)[known.length >> 1] ?? 0
      const jumped = norm !== null && known.length >= 10 && usual > 0 && norm > usual * threshold
      return jumped ? [{ look, degree: norm / usual }] : []
    })
    return verdictOf(gradientJump, hits, ({ degree }, { subject, many }) => ({
      severity: 'bad',
      words: `${subject}: ${many ? 'their gradients are up to' : 'its gradient is'} ${Math.round(degree).toLocaleString('en-US')} times ${many ? 'their' : 'its'} usual size.`,
      mend: 'A lower learning rate, or clipping of the gradient norm.',
    }))
  },
}

export const notFinite: Rule = {
  id: 'not-finite',
  title: 'Values that are not finite',
  help: 'NaN or infinity among weights, gradients or activations. It spreads with the next step.',
  source: {
    title: 'IEEE 754 arithmetic',
    url: 'https://en.wikipedia.org/wiki/IEEE_754',
  },
  threshold: { label: 'values, at least', default: 1, minimum: 1, maximum: 1e6 },
  check(measured, threshold) {
    const hits = looks(measured).flatMap((look): (Hit & { part: string })[] => {
      const found = (['weights', 'gradients', 'activations'] as const)
        .map((part) => ({ part, degree: look.now(`${part}.notFinite`) ?? 0 }))
        .find(({ degree }) => degree >= threshold)
      return found ? [{ look, ...found }] : []
    })
    return verdictOf(notFinite, hits, (worst, { subject, many }) => {
      const part = hits.find(({ look }) => look === worst.look)?.part ?? 'values'
      return {
        severity: 'bad',
        words: `${subject}: ${many ? 'up to ' : ''}${worst.degree.toLocaleString('en-US')} of ${many ? 'their' : 'its'} ${part} are NaN or infinite.`,
        mend: 'A lower learning rate; go back to the last good checkpoint.',
      }
    })
  },
}

const verdict = (
  rule: string,
  { layer }: Look,
  severity: Verdict['severity'],
  text: Pick<Verdict, 'words' | 'mend'>,
): Verdict => ({ rule, layers: [layer.nodeId], severity, ...text })
