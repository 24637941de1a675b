/** Colours of the heat map: which class a value is in, and what the legend says. Pure. */
import type { Figure } from '../../main/common/health/figures.ts'

export interface HeatClass {
  /** CSS colour. */
  colour: string
  /** Upper end of the class; the last one has none. */
  below: number
  /** Written under its lower end in the legend; '' for none. */
  label: string
}

export interface HeatScale {
  title: string
  /** What the colours mean, in a line. */
  help: string
  classes: readonly HeatClass[]
  /** The value as the classes take it. */
  transform(value: number): number
  /** As a person reads it. */
  format(value: number): string
}

const heat = (name: string): string => `var(--td-heat-${name})`
const minus = (text: string): string => text.replace('-', '−')

/** Blue is too small, green healthy, orange too large: told apart with every kind of colour vision, and by lightness. */
const ratio: HeatScale = {
  title: 'log₁₀ update : weight',
  help: 'healthy between −4 and −2',
  transform: (value) => value,
  format: (value) => (value < -30 ? 'no update' : minus(value.toFixed(2))),
  classes: [
    { colour: heat('low-3'), below: -6, label: '' },
    { colour: heat('low-2'), below: -5, label: '−6' },
    { colour: heat('low-1'), below: -4, label: '−5' },
    { colour: heat('ok-1'), below: -3.5, label: '−4' },
    { colour: heat('ok-2'), below: -3, label: '' },
    { colour: heat('ok-3'), below: -2.5, label: '−3' },
    { colour: heat('ok-4'), below: -2, label: '' },
    { colour: heat('high-1'), below: -1, label: '−2' },
    { colour: heat('high-2'), below: 0, label: '−1' },
    { colour: heat('high-3'), below: Infinity, label: '0' },
  ],
}

const shades = ['one-0', 'one-1', 'one-2', 'one-3', 'one-4', 'one-5'].map(heat)

function shares(title: string, help: string): HeatScale {
  const ends = [0.02, 0.1, 0.25, 0.5, 0.75, Infinity]
  const labels = ['0', '2 %', '10 %', '25 %', '50 %', '75 %']
  return {
    title,
    help,
    transform: (value) => value,
    format: (value) => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`,
    classes: ends.map((below, i) => ({ colour: shades[i] ?? '', below, label: labels[i] ?? '' })),
  }
}

const norms: HeatScale = {
  title: 'gradient norm',
  help: 'stronger is larger, by powers of ten',
  transform: (value) => (value > 0 ? Math.log10(value) : -Infinity),
  format: (value) => minus(value === 0 ? '0' : value.toExponential(1)),
  classes: [-6, -4, -3, -2, 0, Infinity].map((below, i) => ({
    colour: shades[i] ?? '',
    below,
    label: ['', '1e−6', '1e−4', '1e−3', '0.01', '1'][i] ?? '',
  })),
}

export const scales: Partial<Record<Figure, HeatScale>> = {
  updateRatio: ratio,
  'gradients.norm': norms,
  dead: shares('dead units', 'share of units that are zero for every sample'),
  saturated: shares('saturated', 'share of outputs beyond 97 % of their bound'),
  'activations.zeros': shares('zero outputs', 'share of outputs that are exactly zero'),
}
export const shownFigures = Object.keys(scales) as Figure[]

export const scaleOf = (figure: Figure): HeatScale => scales[figure] ?? ratio

/** Index of the class of a value; -1 where there is none. */
export function classOf(scale: HeatScale, value: number | null | undefined): number {
  if (value === null || value === undefined) return -1
  const placed = scale.transform(value)
  return scale.classes.findIndex(({ below }) => placed < below)
}

export interface Cell {
  x: number
  width: number
}

/** Where the columns stand: each from its step to the next, the last as wide as the one before it. */
export function columnsOf(steps: readonly number[], toX: (step: number) => number): Cell[] {
  return steps.map((step, i) => {
    const next = steps[i + 1] ?? step + Math.max(1, step - (steps[i - 1] ?? step - 1))
    return { x: toX(step), width: toX(next) - toX(step) }
  })
}

/**
 * One SVG path for all cells of each class, so that a map of thousands of cells is a dozen elements. Neighbours of one
 * class are one rectangle.
 */
export function heatPaths(
  scale: HeatScale,
  rows: readonly (readonly (number | null)[])[],
  columns: readonly Cell[],
  rowHeight: number,
  gap: number,
): string[] {
  const paths = scale.classes.map(() => '')
  rows.forEach((row, y) => {
    const top = (y * rowHeight).toFixed(1)
    const height = rowHeight - gap
    for (let i = 0; i < columns.length;) {
      const kind = classOf(scale, row[i])
      let end = i + 1
      while (end < columns.length && classOf(scale, row[end]) === kind) end++
      const first = columns[i]
      const last = columns[end - 1]
      if (kind >= 0 && first && last)
        paths[kind] +=
          `M${first.x.toFixed(1)} ${top}H${(last.x + last.width).toFixed(1)}v${height}H${first.x.toFixed(1)}z`
      i = end
    }
  })
  return paths
}
