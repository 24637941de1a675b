/** The trials of a sweep as points of its charts. Pure. */
import type { SweepDetail, Trial } from '../../main/common/sweeps/contract.ts'
import { choiceText, sweepField, type SweepField } from '../../main/common/sweeps/fields.ts'
import type { Choice } from '../../main/common/sweeps/spec.ts'
import { bestOf } from '../../main/common/sweeps/results.ts'
import { trialText } from '../../main/common/sweeps/trials.ts'
import { measure } from '../ui/format.ts'
import type { ScatterPoint } from './TrialScatter.tsx'

/** Those that have a value, and those that failed. */
export function pointsOf(sweep: SweepDetail, xOf: (trial: Trial) => number): ScatterPoint[] {
  const best = bestOf(sweep.trials, sweep.objective.direction)
  return sweep.trials.flatMap((trial) => {
    const value = trial.values.at(-1)
    if (value === undefined) return []
    const said =
      value === null ? (trial.error?.what ?? 'no value') : `${sweep.objective.metric} ${measure(value)}`
    return [
      {
        number: trial.number,
        x: xOf(trial),
        y: value,
        title: `Trial ${trial.number} · ${trialText(sweep.spec, trial)} · ${said}`,
        best: best?.trials.includes(trial) ?? false,
      },
    ]
  })
}

/** The best value until each trial, as a stair. */
export function bestSoFar(
  points: readonly ScatterPoint[],
  direction: SweepDetail['objective']['direction'],
): { x: number; y: number }[] {
  const stair: { x: number; y: number }[] = []
  let best: number | null = null
  for (const { x, y } of points) {
    const better = y !== null && (best === null || (direction === 'min' ? y < best : y > best))
    if (best !== null) stair.push({ x, y: best })
    if (!better || y === null) continue
    best = y
    stair.push({ x, y })
  }
  return stair
}

export interface Axis {
  field: SweepField
  /** Names of its places, where it is a choice or has an "off"; null for numbers. */
  places: string[] | null
  log: boolean
  xOf: (trial: Trial) => number
}

/** So few values stand beside each other, each by its name. */
const fewValues = 6

/** The horizontal axis of one setting. */
export function axisOf(sweep: SweepDetail, setting: string): Axis {
  const { document, dimensions } = sweep.spec
  const field = sweepField(document, setting)
  const valueOf = ({ choices }: Trial): Choice => choices[field.setting] ?? null
  const values = [...new Set(sweep.trials.map(valueOf))]
  const numbers = values.filter((value) => typeof value === 'number')
  if (numbers.length < values.length || values.length <= fewValues) {
    const ordered = values.toSorted((a, b) => placeOf(field, a) - placeOf(field, b))
    const places = ordered.map((value) => choiceText(field, value))
    return { field, places, log: false, xOf: (trial) => ordered.indexOf(valueOf(trial)) }
  }
  const typed = dimensions.find((one) => sweepField(document, one.setting).setting === field.setting)?.values
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  const log = typed?.kind === 'range' ? typed.scale === 'log' : low > 0 && high / low >= 10
  return { field, places: null, log: log && low > 0, xOf: (trial) => Number(valueOf(trial)) }
}

/** Choices in their own order, numbers by size, "off" first. */
function placeOf({ choices }: SweepField, value: Choice): number {
  if (typeof value === 'number') return value
  return value === null ? -Infinity : choices.findIndex((choice) => choice.value === value)
}
