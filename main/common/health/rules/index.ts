/** Every rule of health. A new one is a file here and a line below. */
import type { Figure } from '../figures.ts'
import type { Measured, Rule, Verdict } from '../rule.ts'
import { explodingByDepth, gradientJump, notFinite, vanishing } from './depth.ts'
import { lossBaseline, lossRises, lossStill } from './loss.ts'
import { deadUnits, saturated } from './units.ts'
import { noGradient, updatesLarge, updatesSmall } from './updates.ts'

export const rules: readonly Rule[] = [
  notFinite,
  noGradient,
  vanishing,
  explodingByDepth,
  gradientJump,
  deadUnits,
  saturated,
  updatesLarge,
  updatesSmall,
  lossRises,
  lossStill,
  lossBaseline,
]

/** What the rules read over time; all else they read of the last probe. */
export const ruleFigures: readonly Figure[] = ['updateRatio', 'gradients.norm', 'dead', 'saturated']

/** Thresholds that a person changed, by rule. */
export type Thresholds = Readonly<Record<string, number>>

export const thresholdOf = (rule: Rule, changed: Thresholds): number =>
  changed[rule.id] ?? rule.threshold.default

/** What is wrong, the worst first; empty when all is well. What another verdict explains is left out. */
export function assess(measured: Measured, changed: Thresholds = {}): Verdict[] {
  const all = rules.map((rule) => ({ rule, said: rule.check(measured, thresholdOf(rule, changed)) }))
  const told = new Set(
    all.filter(({ said }) => said.some(({ severity }) => severity === 'bad')).map(({ rule }) => rule.id),
  )
  return all
    .filter(({ rule }) => !rule.explainedBy?.some((id) => told.has(id)))
    .flatMap(({ said }) => said)
    .sort((a, b) => Number(b.severity === 'bad') - Number(a.severity === 'bad'))
}
