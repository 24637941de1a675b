/** What a rule is. */
import type { Plan } from '../plan.ts'

/** Steps that a rule puts something else in the place of, in running order. */
export interface Match {
  steps: readonly string[]
}

export interface Rewrite {
  id: string
  title: string
  /** What it does and what that saves, for the list on the page. */
  help: string
  /** `inference`: holds only while weights and running statistics stand still. */
  mode: 'always' | 'inference'
  find(plan: Plan): readonly Match[]
  /** The plan with that match replaced; it must be one that `find` names for this very plan. */
  apply(plan: Plan, match: Match): Plan
}
