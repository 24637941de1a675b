/** Where an arrow key leads from a layer: along its wires to the right and left, to what stands nearest otherwise. */
import type { Position } from '../../main/common/edit.ts'
import type { CanvasEdge, CanvasNode } from './flowTypes.ts'

export type Direction = 'left' | 'right' | 'up' | 'down'

type Drawn = Pick<CanvasNode, 'id' | 'position' | 'hidden' | 'type'>
type Drawing = { nodes: readonly Drawn[]; edges: readonly Pick<CanvasEdge, 'source' | 'target'>[] }

/** Id of the node that the arrow leads to; null where there is none. */
export function neighbour(from: string, direction: Direction, { nodes, edges }: Drawing): string | null {
  const shown = nodes.filter((node) => !node.hidden && node.type !== 'frame')
  const here = nodes.find((node) => node.id === from)
  if (!here) return shown[0]?.id ?? null
  const wired =
    direction === 'right'
      ? edges.filter((edge) => edge.source === from).map((edge) => edge.target)
      : direction === 'left'
        ? edges.filter((edge) => edge.target === from).map((edge) => edge.source)
        : []
  const along = shown.filter((node) => wired.includes(node.id))
  const others = shown.filter(
    (node) => node.id !== from && isTowards(here.position, node.position, direction),
  )
  return nearest(here.position, along.length > 0 ? along : others, direction)
}

function isTowards(from: Position, to: Position, direction: Direction): boolean {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  if (direction === 'right') return dx > 0 && dx >= Math.abs(dy)
  if (direction === 'left') return dx < 0 && -dx >= Math.abs(dy)
  if (direction === 'down') return dy > 0
  return dy < 0
}

/** Nearest, where going astray counts double. */
function nearest(from: Position, nodes: readonly Drawn[], direction: Direction): string | null {
  const upright = direction === 'up' || direction === 'down'
  let best: string | null = null
  let least = Infinity
  for (const { id, position } of nodes) {
    const dx = Math.abs(position.x - from.x)
    const dy = Math.abs(position.y - from.y)
    const way = upright ? 2 * dx + dy : dx + 2 * dy
    if (way < least) [best, least] = [id, way]
  }
  return best
}
