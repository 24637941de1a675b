import type { ModelDocument } from './document.ts'
import type { TrainConfig } from './training.ts'

/** Settings outlive the model that they were chosen for: frozen layers that this one does not have are let go. */
export function frozenIn<C extends Pick<TrainConfig, 'frozen'>>(
  config: C,
  { nodes }: Pick<ModelDocument, 'nodes'>,
): C {
  const known = new Set(nodes.map(({ id }) => id))
  return { ...config, frozen: config.frozen.filter((id) => known.has(id)) }
}
