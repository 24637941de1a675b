import type { ModelDocument } from './document.ts'
import type { Plan } from './plan.ts'
import type { TrainConfig } from './training.ts'

/** Settings outlive the model that they were chosen for: frozen layers that this one does not have are let go. */
export function frozenIn<C extends Pick<TrainConfig, 'frozen'>>(
  config: C,
  { nodes }: Pick<ModelDocument, 'nodes'>,
): C {
  const known = new Set(nodes.map(({ id }) => id))
  return { ...config, frozen: config.frozen.filter((id) => known.has(id)) }
}

/** Keys of the weights that no layer trains: one that a frozen layer shares with another is frozen in both. */
export function frozenWeights({ steps }: Pick<Plan, 'steps'>, frozen: ReadonlySet<string>): string[] {
  return steps.flatMap(({ nodes, weights }) =>
    nodes.some((node) => frozen.has(node)) ? Object.values(weights) : [],
  )
}
