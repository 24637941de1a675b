/** Every rule, and all of them applied to a plan. */
import type { Plan } from '../plan.ts'
import { convRelu } from './conv-relu.ts'
import { elementwiseChain } from './elementwise-chain.ts'
import { foldBatchNorm } from './fold-batch-norm.ts'
import { identity } from './identity.ts'
import { linearRelu } from './linear-relu.ts'
import { logSoftmaxCrossEntropy } from './log-softmax.ts'
import type { Rewrite } from './rewrite.ts'

export type { Match, Rewrite } from './rewrite.ts'

/** In the order in which they are tried: what makes others possible first. */
export const rewrites: readonly Rewrite[] = [
  identity,
  logSoftmaxCrossEntropy,
  elementwiseChain,
  foldBatchNorm,
  linearRelu,
  convRelu,
]

/** Ids of the rules that are not switched off. */
export const enabledRewrites = (disabled: readonly string[]): ReadonlySet<string> =>
  new Set(rewrites.map(({ id }) => id).filter((id) => !disabled.includes(id)))

/** A rule with what it found: ids of the document's nodes for each match. */
export interface Found {
  rewrite: Rewrite
  matches: readonly (readonly string[])[]
}

/**
 * Applies the enabled rules, each as often as it finds something.
 * @param mode `inference` also applies rules that hold only while weights stand still
 * @returns the plan, and for every rule of the mode what it found; a rule that is off only looks
 */
export function rewrite(
  plan: Plan,
  enabled: ReadonlySet<string>,
  mode: 'training' | 'inference',
): { plan: Plan; found: readonly Found[] } {
  let now = plan
  const found = rewrites
    .filter((rule) => mode === 'inference' || rule.mode === 'always')
    .map((rule) => {
      if (!enabled.has(rule.id))
        return { rewrite: rule, matches: rule.find(now).map(({ steps }) => nodesOf(now, steps)) }
      const applied = applyAll(now, rule)
      now = applied.plan
      return { rewrite: rule, matches: applied.matches }
    })
  return { plan: now, found }
}

const nodesOf = (plan: Plan, steps: readonly string[]): string[] =>
  steps.flatMap((id) => plan.steps.find((step) => step.id === id)?.nodes ?? [])

function applyAll(plan: Plan, rule: Rewrite): { plan: Plan; matches: string[][] } {
  const matches: string[][] = []
  let now = plan
  // Each match makes the plan shorter or a step of another kind, so there is an end.
  for (let found = rule.find(now); found.length > 0; found = rule.find(now)) {
    // Matches found together may share steps: those that an earlier one took are looked for again.
    const touched = new Set<string>()
    for (const match of found) {
      if (match.steps.some((id) => touched.has(id))) continue
      for (const id of match.steps) touched.add(id)
      matches.push(nodesOf(now, match.steps))
      now = rule.apply(now, match)
    }
  }
  return { plan: now, matches }
}
