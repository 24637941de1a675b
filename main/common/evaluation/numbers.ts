/** How good predicted numbers are, as scikit-learn defines it. Pure. */

export interface NumberOutcomes {
  targets: readonly string[]
  /** `[samples, targets]`, row-major, in the targets' own units. */
  wanted: Float32Array
  predicted: Float32Array
}

export interface TargetFigures {
  name: string
  samples: number
  /** Samples without an answer: left out of everything else. */
  notFinite: number
  /** Mean absolute error, in the target's unit; null where there is no sample. */
  mae: number | null
  /** Root of the mean squared error. */
  rmse: number | null
  /** 1 - squared error / squared distance from the mean; null where the target never changes. */
  r2: number | null
  /** Mean of predicted - wanted: whether it guesses too high or too low. */
  bias: number | null
}

export function evaluateNumbers({ targets, wanted, predicted }: NumberOutcomes): TargetFigures[] {
  const each = targets.length
  const samples = each === 0 ? 0 : wanted.length / each
  return targets.map((name, target) => {
    const pairs = Array.from({ length: samples }, (_, at) => [
      wanted[at * each + target]!,
      predicted[at * each + target]!,
    ]).filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b)) as [number, number][]
    const count = pairs.length
    const none = { name, samples, notFinite: samples - count, mae: null, rmse: null, r2: null, bias: null }
    if (count === 0) return none
    const mean = pairs.reduce((sum, [a]) => sum + a, 0) / count
    const sums = pairs.reduce(
      (sum, [a, b]) => ({
        absolute: sum.absolute + Math.abs(b - a),
        squared: sum.squared + (b - a) ** 2,
        spread: sum.spread + (a - mean) ** 2,
        signed: sum.signed + (b - a),
      }),
      { absolute: 0, squared: 0, spread: 0, signed: 0 },
    )
    return {
      ...none,
      mae: sums.absolute / count,
      rmse: Math.sqrt(sums.squared / count),
      r2: sums.spread > 0 ? 1 - sums.squared / sums.spread : null,
      bias: sums.signed / count,
    }
  })
}
