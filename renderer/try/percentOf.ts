/** To a tenth of a percent; never 100 % for what is not certain. */
export function percentOf(probability: number): string {
  const percent = 100 * probability
  if (percent > 99.95 && probability < 1) return '> 99.9 %'
  if (percent > 0 && percent < 0.05) return '< 0.1 %'
  return `${percent.toFixed(1)} %`
}
