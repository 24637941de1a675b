/** Histograms as something to draw: densities over one common axis. Pure. */
import type { Histogram } from '../../../main/common/health/figures.ts'

export interface Ridge {
  step: number
  /** SVG path of the outline, closed along its base. */
  path: string
  base: number
}

/** The range that holds what most histograms hold; a single outlier among them does not stretch it. */
export function commonRange(histograms: readonly Histogram[]): readonly [low: number, high: number] {
  if (histograms.length === 0) return [-1, 1]
  const lows = histograms.map(({ low }) => low).sort((a, b) => a - b)
  const highs = histograms.map(({ high }) => high).sort((a, b) => a - b)
  const cut = Math.floor(histograms.length / 20)
  const low = lows[cut] ?? -1
  const high = highs[highs.length - 1 - cut] ?? 1
  return high > low ? [low, high] : [low - 1e-12, high + 1e-12]
}

/** Share of a histogram's values for each of `bins` equal parts of a range: density over that range. */
export function rebin(
  { low, high, counts }: Histogram,
  [from, to]: readonly [number, number],
  bins: number,
): number[] {
  const result = new Array<number>(bins).fill(0)
  const total = counts.reduce((a, b) => a + b, 0) || 1
  const width = (high - low) / counts.length
  const perBin = bins / (to - from)
  counts.forEach((count, i) => {
    if (count === 0) return
    // A source bin is spread evenly over the parts that it covers.
    const begin = (low + i * width - from) * perBin
    const end = (low + (i + 1) * width - from) * perBin
    const first = Math.max(0, Math.floor(begin))
    const last = Math.min(bins - 1, Math.floor(end))
    for (let bin = first; bin <= last; bin++) {
      const covered = Math.min(end, bin + 1) - Math.max(begin, bin)
      result[bin] = (result[bin] ?? 0) + (count / total) * (covered / Math.max(end - begin, 1e-12))
    }
  })
  return result
}

/** Outlines one below the other, the newest in front at the bottom; all of one height scale. */
export function ridges(
  histograms: readonly Histogram[],
  width: number,
  height: number,
  bins = 64,
): { ridges: Ridge[]; range: readonly [number, number] } {
  const range = commonRange(histograms)
  const densities = histograms.map((one) => smooth(rebin(one, range, bins)))
  // The tallest of the middle ones sets the scale: a spike of one histogram would flatten all others.
  const peaks = densities.map((density) => Math.max(...density)).sort((a, b) => a - b)
  const tallest = peaks[Math.floor((peaks.length - 1) * 0.75)] ?? 1
  const rise = Math.min(height * 0.45, 180)
  const spacing = histograms.length > 1 ? (height - rise - 2) / (histograms.length - 1) : 0
  return {
    range,
    ridges: densities.map((density, i) => {
      const base = rise + i * spacing
      const y = (value: number): string => (base - Math.min(1.15, value / tallest) * rise * 0.95).toFixed(1)
      const x = (bin: number): string => (((bin + 0.5) / bins) * width).toFixed(1)
      const line = density.map((value, bin) => `${bin === 0 ? 'M' : 'L'}${x(bin)} ${y(value)}`).join('')
      const step = histograms[i]?.step ?? 0
      return {
        step,
        base,
        path: `M0 ${base.toFixed(1)}${line.replace(/^M/, 'L')}L${width} ${base.toFixed(1)}`,
      }
    }),
  }
}

/** A light binomial filter: a sample of thousands in 64 bins is ragged by chance. */
const smooth = (density: readonly number[]): number[] =>
  density.map((value, i) => 0.25 * (density[i - 1] ?? value) + 0.5 * value + 0.25 * (density[i + 1] ?? value))
