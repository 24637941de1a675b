/** What a rule of health is: a threshold with its source, and a pure function from what was measured to words. */
import type { Figure, HealthHistory, ProbedLayer } from './figures.ts'

/** What rules look at. Figures of history are one value for each column; see HealthHistory. */
export interface Measured extends Pick<HealthHistory, 'layers' | 'steps' | 'rows' | 'now'> {
  /** Mean training loss over stretches of steps, in order. */
  loss: readonly { step: number; mean: number }[]
  /** Loss of a model that knows the classes' shares only; null where there are no classes, or the data is gone. */
  baseline: number | null
  /** Powers of ten by which the learning rate stands below its highest of the run: a schedule has lowered it. */
  rateLowered: number
}

export interface Verdict {
  rule: string
  /** The layers that it is about, the worst first; none: the whole network. */
  layers: readonly string[]
  severity: 'watch' | 'bad'
  /** One sentence with the figure: what is wrong, where, since when. */
  words: string
  /** What may help. */
  mend: string
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
  /** Rules that say why: where one of them says something bad, this one, its consequence, says nothing. */
  explainedBy?: readonly string[]
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

/** The first step of the last stretch of columns in which `holds`; null when it has held ever since there are values. */
export function since(
  steps: readonly number[],
  row: readonly (number | null)[],
  holds: (value: number) => boolean,
): number | null {
  let first: number | null = null
  for (let i = row.length - 1; i >= 0; i--) {
    const value = row[i]
    if (value === null || value === undefined) continue
    if (!holds(value)) return first
    first = steps[i] ?? first
  }
  return null
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

/** ` since step 1,800`; nothing where it has held from the start. */
export const sinceText = (step: number | null): string => (step === null ? '' : ` since ${stepText(step)}`)

/** Place of the last layer of whose units half or more are dead or saturated; -1 where there is none. */
export const wallOf = (all: readonly Look[]): number =>
  all.findLastIndex(({ now }) => (now('dead') ?? 0) >= 0.5 || (now('saturated') ?? 0) >= 0.5)

/** Said of a wall that lets no gradient through. */
export function wallText(all: readonly Look[]): string {
  const wall = wallOf(all)
  const silent = all.some(({ now }, index) => index < wall && now('gradients.norm') === 0)
  return silent ? ' No gradient gets through to the layers before.' : ''
}

/** A layer for which a rule holds. */
export interface Hit {
  look: Look
  /** The larger, the worse. */
  degree: number
}

/** One verdict for all layers that a rule holds for: twenty lines that say the same would hide the one that matters. */
export function verdictOf(
  rule: Pick<Rule, 'id'>,
  hits: readonly Hit[],
  say: (worst: Hit, who: { subject: string; many: boolean }) => Pick<Verdict, 'severity' | 'words' | 'mend'>,
): Verdict[] {
  const sorted = hits.toSorted((a, b) => b.degree - a.degree)
  const [worst, ...others] = sorted
  if (!worst) return []
  const name = nameOf(worst.look.layer)
  const [second] = others
  const subject = !second
    ? name
    : others.length === 1
      ? `${name} and ${nameOf(second.look.layer)}`
      : `${name} and ${others.length} other layers`
  const layers = sorted.map(({ look }) => look.layer.nodeId)
  return [{ rule: rule.id, layers, ...say(worst, { subject, many: others.length > 0 }) }]
}
