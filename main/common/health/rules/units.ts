/** Units that no longer take part: dead rectifiers, saturated tanh and sigmoid. */
import { looks, nameOf, partOf, since, sinceText, type Rule } from '../rule.ts'

export const deadUnits: Rule = {
  id: 'dead-units',
  title: 'Dead units',
  help: 'A ReLU unit that is zero for every sample passes no gradient back, so it cannot come back by itself. Counted over the last five probed batches.',
  source: {
    title: 'Lu and others 2019: Dying ReLU and initialization',
    url: 'https://arxiv.org/abs/1903.06733',
  },
  threshold: { label: 'share of units, at least', default: 0.25, minimum: 0.01, maximum: 1, share: true },
  check: (measured, threshold) =>
    looks(measured).flatMap(({ layer, now, row }) => {
      const dead = now('dead')
      if (dead === null || dead < threshold) return []
      const from = since(measured.steps, row('dead'), (value) => value >= threshold)
      return [
        {
          rule: deadUnits.id,
          nodeId: layer.nodeId,
          severity: dead >= 0.5 ? 'bad' : 'watch',
          words: `${nameOf(layer)}: ${partOf(dead)} of its units have been dead${sinceText(from, measured.steps)}: zero for every sample.`,
          mend: 'A lower learning rate, Leaky ReLU or GELU, or batch norm before it.',
          since: from,
        },
      ]
    }),
}

export const saturated: Rule = {
  id: 'saturated',
  title: 'Saturated units',
  help: 'Beyond 97 % of its bound, tanh passes less than 6 % of the gradient, and sigmoid little too.',
  source: {
    title:
      'Glorot and Bengio 2010: Understanding the difficulty of training deep feedforward neural networks',
    url: 'https://proceedings.mlr.press/v9/glorot10a.html',
  },
  threshold: { label: 'share of outputs, at least', default: 0.3, minimum: 0.01, maximum: 1, share: true },
  check: (measured, threshold) =>
    looks(measured).flatMap(({ layer, now, row }) => {
      const share = now('saturated')
      if (share === null || share < threshold) return []
      const from = since(measured.steps, row('saturated'), (value) => value >= threshold)
      return [
        {
          rule: saturated.id,
          nodeId: layer.nodeId,
          severity: share >= 0.6 ? 'bad' : 'watch',
          words: `${nameOf(layer)}: ${partOf(share)} of its outputs are saturated${sinceText(from, measured.steps)}.`,
          mend: 'Smaller starting weights or a lower learning rate; normalise what goes in.',
          since: from,
        },
      ]
    }),
}
