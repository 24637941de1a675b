/** How large an update is beside the weights that it changes. */
import { looks, nameOf, partOf, since, sinceText, type Rule } from '../rule.ts'

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
  check: (measured, threshold) =>
    looks(measured).flatMap(({ layer, now, row }) => {
      const ratio = now('updateRatio')
      // Without any gradient there is another rule, which says more.
      if (ratio === null || ratio >= threshold || now('gradients.norm') === 0) return []
      const from = since(measured.steps, row('updateRatio'), (value) => value < threshold)
      return [
        {
          rule: updatesSmall.id,
          nodeId: layer.nodeId,
          severity: ratio < threshold - 1 ? 'bad' : 'watch',
          words: `${nameOf(layer)}: an update is only ${partOf(10 ** ratio)} of its weights${sinceText(from, measured.steps)}; it hardly learns.`,
          mend: 'A higher learning rate, or a look at what lies between it and the loss.',
          since: from,
        },
      ]
    }),
}

export const updatesLarge: Rule = {
  id: 'updates-large',
  title: 'Updates too large',
  help: 'An update changes the weights by so much that what was learned before is overwritten.',
  source,
  threshold: { label: 'log₁₀ update : weight above', default: -1, minimum: -3, maximum: 2 },
  check: (measured, threshold) =>
    looks(measured).flatMap(({ layer, now, row }) => {
      const ratio = now('updateRatio')
      if (ratio === null || ratio <= threshold) return []
      const from = since(measured.steps, row('updateRatio'), (value) => value > threshold)
      return [
        {
          rule: updatesLarge.id,
          nodeId: layer.nodeId,
          severity: ratio > threshold + 1 ? 'bad' : 'watch',
          words: `${nameOf(layer)}: an update is ${sizeOf(10 ** ratio)} its weights${sinceText(from, measured.steps)}, more than is healthy.`,
          mend: 'A lower learning rate, or warm-up.',
          since: from,
        },
      ]
    }),
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
  check: (measured, threshold) =>
    looks(measured).flatMap(({ layer, row }) => {
      const silent = row('gradients.norm').slice(-threshold)
      if (silent.length < threshold || silent.some((norm) => norm !== 0)) return []
      const from = since(measured.steps, row('gradients.norm'), (norm) => norm === 0)
      return [
        {
          rule: noGradient.id,
          nodeId: layer.nodeId,
          severity: 'bad',
          words: `${nameOf(layer)}: it gets no gradient${sinceText(from, measured.steps)}, so it does not learn.`,
          mend: 'Look for dead units behind it, or a wire that leads around it.',
          since: from,
        },
      ]
    }),
}

/** Of an update beside its weights: "40 % of", or "26,000 times". */
const sizeOf = (ratio: number): string =>
  ratio > 1 ? `${Number(ratio.toPrecision(2)).toLocaleString('en-US')} times` : `${partOf(ratio)} of`
