/** Units that no longer take part: dead rectifiers, saturated tanh and sigmoid. */
import {
  looks,
  partOf,
  since,
  sinceText,
  verdictOf,
  wallText,
  type Hit,
  type Measured,
  type Rule,
} from '../rule.ts'

export const deadUnits: Rule = {
  id: 'dead-units',
  title: 'Dead units',
  help: 'A ReLU unit that is zero for every sample passes no gradient back, so it cannot come back by itself. Counted over the last five probed batches.',
  source: {
    title: 'Lu and others 2019: Dying ReLU and initialization',
    url: 'https://arxiv.org/abs/1903.06733',
  },
  threshold: { label: 'share of units, at least', default: 0.25, minimum: 0.01, maximum: 1, share: true },
  check(measured, threshold) {
    const hits = sharesOf(measured, 'dead', threshold)
    return verdictOf(deadUnits, hits, ({ look, degree }, { subject, many }) => {
      const from = since(measured.steps, look.row('dead'), (value) => value >= threshold)
      const most = many ? `up to ${partOf(degree)} of their` : `${partOf(degree)} of its`
      return {
        severity: degree >= 0.5 ? 'bad' : 'watch',
        words: `${subject}: ${most} units have been dead${from === null ? ' from the start' : sinceText(from)}: zero for every sample.${wallText(looks(measured))}`,
        mend:
          from === null
            ? 'They began so: batch or layer norm, connections around layers, or larger starting weights (He). Leaky ReLU and GELU do not die.'
            : 'A lower learning rate, then train anew: dead units do not come back. Leaky ReLU, GELU or batch norm help too.',
      }
    })
  },
}

export const saturated: Rule = {
  id: 'saturated',
  title: 'Saturated units',
  help: 'Beyond 97 % of its bound, tanh passes less than 6 % of the gradient, and sigmoid little too. Of RNN, LSTM and GRU the state is looked at.',
  source: {
    title:
      'Glorot and Bengio 2010: Understanding the difficulty of training deep feedforward neural networks',
    url: 'https://proceedings.mlr.press/v9/glorot10a.html',
  },
  threshold: { label: 'share of outputs, at least', default: 0.3, minimum: 0.01, maximum: 1, share: true },
  check(measured, threshold) {
    const hits = sharesOf(measured, 'saturated', threshold)
    return verdictOf(saturated, hits, ({ look, degree }, { subject, many }) => {
      const from = since(measured.steps, look.row('saturated'), (value) => value >= threshold)
      const most = many ? `up to ${partOf(degree)} of their` : `${partOf(degree)} of its`
      return {
        severity: degree >= 0.6 ? 'bad' : 'watch',
        words: `${subject}: ${most} outputs are saturated${sinceText(from)}.${wallText(looks(measured))}`,
        mend:
          from === null
            ? 'Normalise what goes in, or smaller starting weights.'
            : 'A lower learning rate, or clipping of the gradient norm; normalise what goes in.',
      }
    })
  },
}

function sharesOf(measured: Measured, figure: 'dead' | 'saturated', threshold: number): Hit[] {
  return looks(measured).flatMap((look): Hit[] => {
    const share = look.now(figure)
    return share !== null && share >= threshold ? [{ look, degree: share }] : []
  })
}
