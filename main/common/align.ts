/** Lining nodes up. */
import type { ModelDocument } from './document.ts'
import { moveNodes, nodeSize, type Position } from './edit.ts'

export type Alignment =
  'left' | 'right' | 'top' | 'bottom' | 'centre-x' | 'centre-y' | 'distribute-x' | 'distribute-y'

/** Drawn size of a node where known, by id. */
export type Sizes = ReadonlyMap<string, { width: number; height: number }>

/**
 * Lines nodes up on an edge or a centre line of the space they take together, or spaces them evenly between the two
 * outermost (three or more; by equal gaps, so that tall nodes do not crowd).
 */
export function align(
  document: ModelDocument,
  ids: Iterable<string>,
  how: Alignment,
  sizes?: Sizes,
): ModelDocument {
  const wanted = new Set(ids)
  const horizontal = how === 'left' || how === 'right' || how === 'centre-x' || how === 'distribute-x'
  const spans = document.nodes.flatMap(({ id, position }): Span[] => {
    if (!wanted.has(id)) return []
    const size = sizes?.get(id) ?? nodeSize
    return [
      horizontal
        ? { id, start: position.x, length: size.width }
        : { id, start: position.y, length: size.height },
    ]
  })
  if (spans.length < 2) return document
  const starts = how.startsWith('distribute') ? distributed(spans) : lined(spans, how)
  const places = new Map<string, Position>()
  for (const { id, position } of document.nodes) {
    const start = starts.get(id)
    if (start === undefined) continue
    const at = Math.round(start)
    places.set(id, horizontal ? { x: at, y: position.y } : { x: position.x, y: at })
  }
  return moveNodes(document, places)
}

interface Span {
  id: string
  start: number
  length: number
}

function lined(spans: readonly Span[], how: Alignment): ReadonlyMap<string, number> {
  const low = Math.min(...spans.map(({ start }) => start))
  const high = Math.max(...spans.map(({ start, length }) => start + length))
  return new Map(
    spans.map(({ id, length }) => {
      if (how === 'left' || how === 'top') return [id, low]
      if (how === 'right' || how === 'bottom') return [id, high - length]
      return [id, (low + high - length) / 2]
    }),
  )
}

function distributed(spans: readonly Span[]): ReadonlyMap<string, number> {
  const inOrder = [...spans].sort((a, b) => a.start - b.start)
  const [first] = inOrder
  const last = inOrder.at(-1)
  if (!first || !last || inOrder.length < 3) return new Map()
  const between = inOrder.slice(1, -1).reduce((sum, { length }) => sum + length, 0)
  const gap = (last.start - first.start - first.length - between) / (inOrder.length - 1)
  const starts = new Map<string, number>()
  let at = first.start + first.length + gap
  for (const { id, length } of inOrder.slice(1, -1)) {
    starts.set(id, at)
    at += length + gap
  }
  return starts
}
