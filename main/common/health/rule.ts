/** What a rule of health is: a threshold with its source, and a pure function from what was measured to words. */
import type { Figure, HealthHistory, ProbedLayer } from './figures.ts'

/** What rules look at. Figures of history are one value for each column; see HealthHistory. */
export interface Measured extends Pick<HealthHistory, 'layers' | 'steps' | 'rows' | 'now'> {
  /** Mean training loss over stretches of steps, in order. */
  loss: readonly { step: number; mean: number }[]
}

export interface Verdict {
  rule: string
  /** The layer that it is about; null for the whole network. */
  nodeId: string | null
  severity: 'watch' | 'bad'
  /** One sentence with the figure: what is wrong, where, since when. */
  words: string
  /** What may help. */
  mend: string
  /** First step of the stretch that it has held for; null where that is not known. */
  since: number | null
}

export interface Rule {
  id: string
  title: string
  /** What it means and why it matters, in a sentence or two. */
  help: string
  source: { title: string; url: string }
  threshold: {
    /** What is compared with it: "updates of less than 10 to the power of". */
    label: string
    default: number
    minimum: number
    maximum: number
    /** How it is written for people; the plain number unless given. */
    share?: boolean
  }
  check(measured: Measured, threshold: number): Verdict[]
}

/** A layer with what was measured of it. */
export interface Look {
  layer: ProbedLayer
  /** At the last probe. */
  now(figure: Figure): number | null
  /** Over time; empty where it was not asked for. */
  row(figure: Figure): readonly (number | null)[]
}

export const looks = ({ layers, rows, now }: Measured): Look[] =>
  layers.map((layer, index) => ({
    layer,
    now: (figure) => now?.layers[index]?.[figure] ?? null,
    row: (figure) => rows[figure]?.[index] ?? [],
  }))

/** The first step of the last stretch of columns in which `holds`; null when it does not hold in the last one. */
export function since(
  steps: readonly number[],
  row: readonly (number | null)[],
  holds: (value: number) => boolean,
): number | null {
  let first: number | null = null
  for (let i = row.length - 1; i >= 0; i--) {
    const value = row[i]
    if (value === null || value === undefined || !holds(value)) break
    first = steps[i] ?? first
  }
  return first
}

/** A layer's name; one without weights is easier found by what it stands behind. */
export const nameOf = ({ title, after }: ProbedLayer): string =>
  after === null ? title : `${title} (after ${after})`

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** A share as `61 %`, a small one as `1/140`. */
export function partOf(value: number): string {
  if (value >= 0.1) return `${Math.round(100 * value)} %`
  if (value >= 0.01) return `${Number((100 * value).toPrecision(2))} %`
  if (!(value > 0)) return '0 %'
  return value < 1e-9
    ? `1/${(1 / value).toExponential(0).replace('+', '')}`
    : `1/${grouped.format(Number((1 / value).toPrecision(2)))}`
}

export const stepText = (step: number): string => `step ${grouped.format(step)}`

/** `, since step 1,800`; nothing where it has held from the first probe on or is not known. */
export const sinceText = (step: number | null, steps: readonly number[]): string =>
  step === null || step === steps[0] ? '' : ` since ${stepText(step)}`
