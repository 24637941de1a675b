/** What an update : weight ratio says about a layer. Pure. */
import type { LayerHealth } from '../../main/common/schemas.ts'

/** log10 of the ratio: a rule of thumb of the field puts healthy learning around -3. */
export const range = { low: -6, healthyLow: -4, healthyHigh: -2, high: 0 } as const

export type Health = 'healthy' | 'watch' | 'bad' | 'unknown'

export function health(ratio: number | null): Health {
  if (ratio === null || Number.isNaN(ratio)) return 'unknown'
  if (ratio >= range.healthyLow && ratio <= range.healthyHigh) return 'healthy'
  return ratio > range.healthyHigh + 1 || ratio < range.healthyLow - 1 ? 'bad' : 'watch'
}

/** Where a ratio stands on the band, 0 to 1; values beyond the band stand at its end. */
export const bandPosition = (ratio: number): number =>
  Math.min(1, Math.max(0, (ratio - range.low) / (range.high - range.low)))

/** The worst layer in words; null when all is well or nothing is known. */
export function inWords(layers: readonly LayerHealth[]): string | null {
  const distance = (ratio: number): number => Math.max(ratio - range.healthyHigh, range.healthyLow - ratio)
  const worst = layers
    .flatMap((layer) =>
      layer.updateRatio !== null && health(layer.updateRatio) === 'bad'
        ? [{ title: layer.title, ratio: layer.updateRatio }]
        : [],
    )
    .sort((a, b) => distance(b.ratio) - distance(a.ratio))[0]
  if (!worst) return null
  const share = Number.isFinite(worst.ratio) ? parts(worst.ratio) : null
  if (worst.ratio > range.healthyHigh)
    return `${worst.title}: an update is ${share ?? 'far more'} of its weights, more than is healthy. A lower learning rate may help.`
  return share === null
    ? `${worst.title}: it gets no gradient, so it does not learn.`
    : `${worst.title}: an update is only ${share} of its weights; it hardly learns. A higher learning rate may help.`
}

/** 10^ratio as `1/12,000` or `40 %`. */
function parts(ratio: number): string {
  const value = 10 ** ratio
  if (value >= 0.01) return `${Number((100 * value).toPrecision(2)).toLocaleString('en-US')} %`
  return `1/${Number((1 / value).toPrecision(2)).toLocaleString('en-US')}`
}
