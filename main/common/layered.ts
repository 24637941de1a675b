/**
 * Left-to-right layered layout (after Sugiyama, Tagawa and Toda 1981): a part stands one column right of the furthest
 * part that feeds it, columns are ordered by the mean place of their neighbours, and long rows are broken like text.
 */

/** A layer, or a block laid out already. */
export interface Part {
  id: string
  width: number
  height: number
  /** How far below its top edge its wires arrive. */
  axis: number
  /** Columns that it takes in a row. */
  columns: number
  /** A block: its row is lined up by the wires rather than by the top edges. */
  tall: boolean
}

export interface Edge {
  from: string
  to: string
}

export interface Layout {
  /** Left top corners, from 0, 0 on. */
  places: ReadonlyMap<string, { x: number; y: number }>
  width: number
  height: number
  /** Columns of the longest row. */
  columns: number
}

export interface Spacing {
  /** Between columns, and the least distance of their left edges. */
  gap: number
  pitch: number
  /** Between parts of a column, and between rows. */
  rowGap: number
  /** Columns in a row before the next row begins. */
  columns: number
}

/** Height kept free for a wire that passes a column by, such as a residual connection. */
const lane = 24

/** Parts are taken in the order given where nothing else decides. */
export function layered(parts: readonly Part[], edges: readonly Edge[], spacing: Spacing): Layout {
  const byId = new Map(parts.map((part) => [part.id, part]))
  const ranks = rank(parts, edges)
  const filled: Part[][] = []
  for (const part of parts) (filled[ranks.get(part.id) ?? 0] ??= []).push(part)
  const columns = filled.filter((column) => column !== undefined)
  const rows = broken(columns, spacing.columns)
  const rowOf = new Map(rows.flatMap((row, i) => row.flat().map((part) => [part.id, i] as const)))
  const within = rows.map((): Edge[] => [])
  for (const edge of edges) {
    const row = rowOf.get(edge.from)
    if (row !== undefined && row === rowOf.get(edge.to)) within[row]?.push(edge)
  }

  const places = new Map<string, { x: number; y: number }>()
  let top = 0
  let width = 0
  let most = 0
  for (const [place, row] of rows.entries()) {
    const ordered = order(row, within[place] ?? [])
    const stacked = ordered.some((column) => column.length > 1 || column.some((id) => byId.get(id)?.tall))
    const boxes = ordered.map((column) => stack(column, byId, spacing.rowGap, stacked))
    const above = Math.max(...boxes.map((box) => box.above))
    const below = Math.max(...boxes.map((box) => box.below))
    let x = 0
    for (const [i, box] of boxes.entries()) {
      for (const { id, y } of box.tops) places.set(id, { x, y: Math.round(top + above + y) })
      const widest = Math.max(...(ordered[i] ?? []).map((id) => byId.get(id)?.width ?? 0))
      width = Math.max(width, x + widest)
      x += Math.max(spacing.pitch, Math.ceil((widest + spacing.gap) / 8) * 8)
    }
    most = Math.max(
      most,
      row.reduce((sum, column) => sum + breadth(column), 0),
    )
    top = Math.round(top + above + below + spacing.rowGap)
  }
  return { places, width, height: Math.max(0, top - spacing.rowGap), columns: most }
}

const breadth = (column: readonly Part[]): number => Math.max(...column.map((part) => part.columns))

/** Columns in rows of about equal breadth: six make 3 + 3 rather than 5 + 1. */
function broken(columns: readonly Part[][], most: number): Part[][][] {
  const total = columns.reduce((sum, column) => sum + breadth(column), 0)
  const limit = Math.ceil(total / Math.ceil(total / most))
  const rows: Part[][][] = []
  let taken = Infinity
  for (const column of columns) {
    if (taken + breadth(column) > limit) {
      rows.push([])
      taken = 0
    }
    rows.at(-1)?.push(column)
    taken += breadth(column)
  }
  return rows
}

/** Longest path from a part without inputs; a part in a loop counts the edges that lead to it from outside. */
function rank(parts: readonly Part[], edges: readonly Edge[]): Map<string, number> {
  const feeds = new Map<string, string[]>()
  const waiting = new Map(parts.map((part) => [part.id, 0]))
  for (const { from, to } of edges) {
    const list = feeds.get(from)
    if (list) list.push(to)
    else feeds.set(from, [to])
    waiting.set(to, (waiting.get(to) ?? 0) + 1)
  }
  const ranks = new Map(parts.map((part) => [part.id, 0]))
  const ready = parts.filter((part) => waiting.get(part.id) === 0).map((part) => part.id)
  for (const id of ready)
    for (const next of feeds.get(id) ?? []) {
      ranks.set(next, Math.max(ranks.get(next) ?? 0, (ranks.get(id) ?? 0) + 1))
      const left = (waiting.get(next) ?? 0) - 1
      waiting.set(next, left)
      if (left === 0) ready.push(next)
    }
  return ranks
}

/**
 * Ids by column of one row with the edges inside it, each column sorted by where the neighbours in the column before stand (two sweeps).
 * An edge that passes columns by has a lane in each, on top where nothing else decides.
 */
function order(row: readonly (readonly Part[])[], edges: readonly Edge[]): string[][] {
  const places = new Map(row.flatMap((column, i) => column.map((part) => [part.id, i] as const)))
  const columns = row.map((column) => column.map((part) => part.id))
  const lanes = columns.map((): string[] => [])
  const neighbours = new Map<string, string[]>()
  const join = (a: string, b: string): void => {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const list = neighbours.get(one)
      if (list) list.push(other)
      else neighbours.set(one, [other])
    }
  }
  for (const { from, to } of edges) {
    const [start = 0, end = 0] = [places.get(from), places.get(to)]
    let last = from
    for (let i = start + 1; i < end; i++) {
      const id = `${from} > ${i}`
      if (!lanes[i]?.includes(id)) lanes[i]?.push(id)
      join(last, id)
      last = id
    }
    join(last, to)
  }
  const filled = columns.map((column, i) => [...(lanes[i] ?? []), ...column])
  for (const sweep of [filled, [...filled].reverse()])
    for (let i = 1; i < sweep.length; i++) {
      const before = new Map(sweep[i - 1]?.map((id, place) => [id, place]))
      const column = sweep[i] ?? []
      const weight = new Map(
        column.map((id, place) => {
          const near = (neighbours.get(id) ?? []).flatMap((neighbour) => before.get(neighbour) ?? [])
          return [id, near.length ? near.reduce((a, b) => a + b, 0) / near.length : place]
        }),
      )
      column.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0))
    }
  return filled
}

/** Top edges of a column's parts around the line that its row is lined up by. */
function stack(
  column: readonly string[],
  byId: ReadonlyMap<string, Part>,
  gap: number,
  stacked: boolean,
): { tops: { id: string; y: number }[]; above: number; below: number } {
  const [only, second] = column
  const single = second === undefined && only !== undefined ? byId.get(only) : undefined
  if (single) {
    // Single layers share a top edge, so that a chain with one error strip still has straight wires.
    const above = stacked ? single.axis : 0
    return { tops: [{ id: single.id, y: -above }], above, below: single.height - above }
  }
  const heights = column.map((id) => byId.get(id)?.height ?? lane)
  const half = (heights.reduce((a, b) => a + b, 0) + gap * (column.length - 1)) / 2
  const tops: { id: string; y: number }[] = []
  let y = -half
  for (const [i, id] of column.entries()) {
    if (byId.has(id)) tops.push({ id, y })
    y += (heights[i] ?? 0) + gap
  }
  return { tops, above: half, below: half }
}
