/** Finding a layer by what a person types. */
import type { Layer } from '../../main/common/layer.ts'

/** Layers that match, best first: the title's beginning, then a word in it, then other names, then the group. */
export function searchLayers(layers: readonly Layer[], query: string): Layer[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return [...layers]
  return layers
    .map((layer) => ({ layer, score: score(layer, wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ layer }) => layer)
}

function score(layer: Layer, wanted: string): number {
  const title = layer.title.toLowerCase()
  if (title === wanted) return 6
  if (title.startsWith(wanted)) return 5
  if (title.includes(wanted)) return 4
  if (layer.keywords.some((word) => word.toLowerCase().startsWith(wanted))) return 3
  if (layer.keywords.some((word) => word.toLowerCase().includes(wanted))) return 2
  return layer.group.toLowerCase().startsWith(wanted) ? 1 : 0
}

/** Layers by group, groups in the order of the catalogue. */
export function grouped(layers: readonly Layer[]): [Layer['group'], Layer[]][] {
  const groups = new Map<Layer['group'], Layer[]>()
  for (const layer of layers) groups.set(layer.group, [...(groups.get(layer.group) ?? []), layer])
  return [...groups]
}
