/** How large an update is beside the weights that it changes. */
import { healthyMiddle } from '../band.ts'
import {
  looks,
  partOf,
  since,
  sinceText,
  verdictOf,
  wallOf,
  type Hit,
  type Measured,
  type Rule,
} from '../rule.ts'

const source = {
  title: 'Karpathy, CS231n: ratio of weights and updates, about 1e-3',
  url: 'https://cs231n.github.io/neural-networks-3/#ratio',
}

export const updatesSmall: Rule = {
  id: 'updates-small',
  title: 'Updates too small',
  help: 'An update changes the weights by so little that the layer hardly learns. Usual are 1/1,000 of the weights.',
  source,
  threshold: { label: 'log₁₀ update : weight below', default: -5, minimum: -10, maximum: -3 },
  explainedBy: ['vanishing', 'dead-units', 'saturated'],
  check(measured, threshold) {
    // What a schedule makes small on purpose is not too small. Without any gradient another rule says more.
    const least = threshold - measured.rateLowered
    const hits = beyond(measured, (ratio, gradient) => (ratio < least && gradient !== 0 ? -ratio : null))
    return verdictOf(updatesSmall, hits, ({ look, degree }, { subject, many }) => {
      const from = since(measured.steps, look.row('updateRatio'), (value) => value < threshold)
      const part = -degree < -30 ? 'does not change them at all' : `is only ${partOf(10 ** -degree)} of`
      const words = -degree < -30 ? part : `${part} ${many ? 'their' : 'its'} weights`
      return {
        severity: -degree < least - 1 ? 'bad' : 'watch',
        words: `${subject}: an update ${words}${sinceText(from)}; ${many ? 'they hardly learn' : 'it hardly learns'}.`,
        mend: everyLayer(measured, hits)
          ? `A learning rate about ${times(healthyMiddle - middleOf(measured))} higher: no layer moves.`
          : 'A higher learning rate, or a look at what lies between here and the loss.',
      }
    })
  },
}

export const updatesLarge: Rule = {
  id: 'updates-large',
  title: 'Updates too large',
  help: 'An update changes the weights by so much that what was learned before is overwritten.',
  source,
  threshold: { label: 'log₁₀ update : weight above', default: -1, minimum: -3, maximum: 2 },
  check(measured, threshold) {
    const hits = beyond(measured, (ratio) => (ratio > threshold ? ratio : null))
    return verdictOf(updatesLarge, hits, ({ look, degree }, { subject, many }) => {
      const from = since(measured.steps, look.row('updateRatio'), (value) => value > threshold)
      return {
        severity: degree > threshold + 1 ? 'bad' : 'watch',
        words: `${subject}: an update is ${sizeOf(10 ** degree)} ${many ? 'their' : 'its'} weights${sinceText(from)}, more than is healthy.`,
        mend: everyLayer(measured, hits)
          ? `A learning rate about ${times(middleOf(measured) - healthyMiddle)} lower, or warm-up.`
          : 'A lower learning rate, or warm-up.',
      }
    })
  },
}

export const noGradient: Rule = {
  id: 'no-gradient',
  title: 'No gradient',
  help: 'The gradient of every weight of a layer is exactly zero: nothing of the loss reaches it.',
  source: {
    title: 'PyTorch, FAQ: what a missing gradient means',
    url: 'https://docs.pytorch.org/docs/stable/notes/autograd.html',
  },
  threshold: { label: 'probes in a row without any', default: 2, minimum: 1, maximum: 100 },
  explainedBy: ['not-finite'],
  check(measured, threshold) {
    const all = looks(measured)
    // Dead or saturated units let nothing through: their rules say so.
    const wall = wallOf(all)
    const hits = all.flatMap((look, index): Hit[] => {
      const silent = look.row('gradients.norm').slice(-threshold)
      const none = silent.length >= threshold && silent.every((norm) => norm === 0)
      return none && index > wall ? [{ look, degree: all.length - index }] : []
    })
    return verdictOf(noGradient, hits, ({ look }, { subject, many }) => {
      const from = since(measured.steps, look.row('gradients.norm'), (norm) => norm === 0)
      return {
        severity: 'bad',
        words: `${subject}: ${many ? 'they get' : 'it gets'} no gradient${sinceText(from)}, so ${many ? 'they do' : 'it does'} not learn.`,
        mend: 'Look at what lies between here and the loss: an operator without a gradient, or a wire that leads around.',
      }
    })
  },
}

function beyond(
  measured: Measured,
  degree: (ratio: number, gradient: number | null) => number | null,
): Hit[] {
  return looks(measured).flatMap((look): Hit[] => {
    const ratio = look.now('updateRatio')
    const found = ratio === null ? null : degree(ratio, look.now('gradients.norm'))
    return found === null ? [] : [{ look, degree: found }]
  })
}

const ratios = (measured: Measured): number[] =>
  looks(measured).flatMap(({ now }) => now('updateRatio') ?? [])

const everyLayer = (measured: Measured, hits: readonly Hit[]): boolean =>
  hits.length > 1 && hits.length === ratios(measured).length

function middleOf(measured: Measured): number {
  const sorted = ratios(measured).sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? healthyMiddle
}

/** A power of ten: "1,000 times". */
const times = (power: number): string => {
  const whole = Math.min(12, Math.max(1, Math.round(power)))
  return `${(10 ** whole).toLocaleString('en-US')} times`
}

/** Of an update beside its weights: "40 % of", or "26,000 times". */
const sizeOf = (ratio: number): string =>
  ratio > 1 ? `${Number(ratio.toPrecision(2)).toLocaleString('en-US')} times` : `${partOf(ratio)} of`
