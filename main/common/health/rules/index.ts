/** Every rule of health. A new one is a file here and a line below. */
import type { Figure } from '../figures.ts'
import type { Measured, Rule, Verdict } from '../rule.ts'
import { explodingByDepth, gradientJump, notFinite, vanishing } from './depth.ts'
import { lossStill } from './loss.ts'
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
  lossStill,
]

/** What the rules read over time; all else they read of the last probe. */
export const ruleFigures: readonly Figure[] = ['updateRatio', 'gradients.norm', 'dead', 'saturated']

/** Thresholds that a person changed, by rule. */
export type Thresholds = Readonly<Record<string, number>>

export const thresholdOf = (rule: Rule, changed: Thresholds): number =>
  changed[rule.id] ?? rule.threshold.default

/** What is wrong, the worst first; empty when all is well. */
export const assess = (measured: Measured, changed: Thresholds = {}): Verdict[] =>
  rules
    .flatMap((rule) => rule.check(measured, thresholdOf(rule, changed)))
    .sort((a, b) => Number(b.severity === 'bad') - Number(a.severity === 'bad'))
