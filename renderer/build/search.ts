/** Finding a layer by what a person types. */
import { pitch } from '../../main/common/edit.ts'
import type { Layer, LayerGroup } from '../../main/common/layer.ts'
import type { Analysis } from '../../main/common/shapes.ts'
import { groupColour } from './groups.ts'

/**
 * Layers that match, best first: the title's beginning, then a part of it, then other names, then the group. Spaces
 * and hyphens do not matter, so that `conv2d` finds Conv 2D.
 */
export function searchLayers(layers: readonly Layer[], query: string): Layer[] {
  const wanted = plain(query)
  if (wanted === '') return [...layers]
  return layers
    .map((layer) => ({ layer, score: score(layer, wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ layer }) => layer)
}

/** As two names are compared: `Max-pool 2D` is `maxpool2d`. */
export const plain = (text: string): string => text.toLowerCase().replace(/[\s\-_]+/g, '')

function score(layer: Layer, wanted: string): number {
  const title = plain(layer.title)
  if (title === wanted) return 6
  if (title.startsWith(wanted)) return 5
  if (title.includes(wanted)) return 4
  const words = layer.keywords.map(plain)
  if (words.some((word) => word.startsWith(wanted))) return 3
  if (words.some((word) => word.includes(wanted))) return 2
  return plain(layer.group).startsWith(wanted) ? 1 : 0
}

/** Layers by group, groups in the order of their table in groups.ts. */
export function grouped(layers: readonly Layer[]): [LayerGroup, Layer[]][] {
  return (Object.keys(groupColour) as LayerGroup[])
    .map((group): [LayerGroup, Layer[]] => [group, layers.filter((layer) => layer.group === group)])
    .filter(([, inGroup]) => inGroup.length > 0)
}

/** Ids of the nodes whose title or kind matches, as one reads them: row by row, left to right. */
export function findNodes({ nodes }: Analysis, query: string): string[] {
  const wanted = plain(query)
  if (wanted === '') return []
  const row = (y: number): number => Math.round(y / pitch.y)
  return [...nodes.values()]
    .filter(({ title, layer, node }) =>
      [title, layer?.title ?? '', node.kind].some((name) => plain(name).includes(wanted)),
    )
    .map(({ node }) => node)
    .sort((a, b) => row(a.position.y) - row(b.position.y) || a.position.x - b.position.x)
    .map(({ id }) => id)
}
