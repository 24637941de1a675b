/** The tape as a list: blocks, layers and nodes in the order in which they ran, and what is wired to what. */
import type { TapeLayer, TapeNode, TapeRecord } from '../../../main/common/tape/record.ts'

export interface Sums {
  forwardMs: number
  backwardMs: number
  savedBytes: number
}

interface RowBase {
  key: string
  depth: number
  sums: Sums
}
export type Row =
  | (RowBase & { kind: 'block'; title: string; from: number; to: number; open: boolean })
  | (RowBase & { kind: 'layer'; layer: number; open: boolean; opens: boolean })
  | (RowBase & { kind: 'node'; node: TapeNode })
  | (RowBase & { kind: 'folded'; layer: number })

/** Of a longer tape blocks are closed at first. */
const manyLayers = 40

/**
 * @param toggled keys of blocks and layers that are not as they are at first: layers closed, blocks open unless there are
 * many layers
 */
export function rowsOf(record: TapeRecord, toggled: ReadonlySet<string>): Row[] {
  const rows: Row[] = []
  const shown = shownLayers(record)
  const nodes = nodesByLayer(record)
  const copies = copiesOf(record)
  const openAtFirst = shown.length <= manyLayers
  let path: { key: string; open: boolean; layers: number[] }[] = []
  for (const index of shown) {
    const layer = record.layers[index] as TapeLayer
    const wanted = layer.blocks.map(({ id, copy }) => `${id}.${copy}`)
    let same = 0
    while (same < path.length && same < wanted.length && path[same]?.key.startsWith(`block ${wanted[same]} `))
      same++
    path = path.slice(0, same)
    for (let depth = same; depth < wanted.length; depth++) {
      const key = `block ${wanted[depth]} ${index}`
      const open = toggled.has(key) !== openAtFirst
      const visible = path.every((outer) => outer.open)
      const place = layer.blocks[depth]
      path.push({ key, open, layers: [] })
      if (!visible) continue
      const layers = runOf(record, shown, index, depth, wanted)
      rows.push({
        key,
        depth,
        kind: 'block',
        title: place ? blockTitle(place, copies) : '',
        from: layers[0] ?? index,
        to: layers.at(-1) ?? index,
        open,
        sums: sum(layers.map((one) => record.layers[one] as TapeLayer)),
      })
    }
    if (!path.every(({ open }) => open)) continue
    const depth = wanted.length
    const key = `layer ${index}`
    const opens = layer.count > 0
    const open = opens && toggled.has(key)
    rows.push({ key, depth, kind: 'layer', layer: index, open, opens, sums: opens ? layer : nothing })
    if (!open) continue
    for (const node of nodes.get(index) ?? [])
      rows.push({
        key: `node ${node.id}`,
        depth: depth + 1,
        kind: 'node',
        node,
        sums: { ...node, backwardMs: node.backwardMs ?? 0 },
      })
    if (layer.folded.length > 0)
      rows.push({
        key: `folded ${index}`,
        depth: depth + 1,
        kind: 'folded',
        layer: index,
        sums: sum(layer.folded),
      })
  }
  return rows
}

/** What a layer without nodes took is not worth a figure. */
const nothing: Sums = { forwardMs: 0, backwardMs: 0, savedBytes: 0 }

const sum = (parts: readonly Sums[]): Sums => ({
  forwardMs: parts.reduce((all, { forwardMs }) => all + forwardMs, 0),
  backwardMs: parts.reduce((all, { backwardMs }) => all + backwardMs, 0),
  savedBytes: parts.reduce((all, { savedBytes }) => all + savedBytes, 0),
})

/** Layers of the same copy of a block, one after another from this one on. */
function runOf(
  { layers }: TapeRecord,
  shown: readonly number[],
  from: number,
  depth: number,
  path: readonly string[],
): number[] {
  const run: number[] = []
  for (const index of shown.slice(shown.indexOf(from))) {
    const blocks = layers[index]?.blocks ?? []
    if (!path.slice(0, depth + 1).every((key, i) => key === `${blocks[i]?.id}.${blocks[i]?.copy}`)) break
    run.push(index)
  }
  return run
}

/** How many copies of each block there are. */
function copiesOf({ layers }: TapeRecord): Map<string, number> {
  const copies = new Map<string, number>()
  for (const { blocks } of layers)
    for (const { id, copy } of blocks) copies.set(id, Math.max(copies.get(id) ?? 1, copy))
  return copies
}

function blockTitle({ id, name, copy }: TapeLayer['blocks'][number], copies: Map<string, number>): string {
  const all = copies.get(id) ?? 1
  return `${name || 'Block'}${all > 1 ? ` ${copy} of ${all}` : ''}`
}

/**
 * Layers with nodes, and those before the first weight, where no gradient goes. One that only passes on what it got, such
 * as an Output, is none of them.
 */
function shownLayers({ layers }: TapeRecord): number[] {
  const graded: boolean[] = []
  return layers.flatMap(({ count, inputs }, index) => {
    const fed = inputs.some((input) => graded[input])
    graded[index] = count > 0 || fed
    return count > 0 || !fed ? [index] : []
  })
}

function nodesByLayer({ listed }: TapeRecord): Map<number, TapeNode[]> {
  const byLayer = new Map<number, TapeNode[]>()
  for (const node of listed) {
    const own = byLayer.get(node.layer) ?? []
    own.push(node)
    byLayer.set(node.layer, own)
  }
  return byLayer
}

/** The layer of any node, also of one that is not listed. */
export function layerOf({ layers }: TapeRecord, node: number): number {
  let found = 0
  layers.forEach(({ first, count }, index) => {
    if (count > 0 && first <= node) found = index
  })
  return found
}

/** For each row, the rows that read what it gives; undefined for the head of something open. */
export function readersOf(record: TapeRecord, rows: readonly Row[]): (number[] | undefined)[] {
  const readers = rows.map((row) =>
    (row.kind === 'layer' || row.kind === 'block') && row.open ? undefined : new Set<number>(),
  )
  const nodeRows = new Map<number, number>()
  const ends = new Map<number, { first: number; last: number; folded: number | null }>()
  rows.forEach((row, index) => {
    if (row.kind === 'node') nodeRows.set(row.node.id, index)
    if (readers[index] === undefined) return
    const layers =
      row.kind === 'block' ? range(row.from, row.to) : [row.kind === 'node' ? row.node.layer : row.layer]
    for (const layer of layers) {
      const before = ends.get(layer)
      const folded = row.kind === 'folded' ? index : (before?.folded ?? null)
      ends.set(layer, { first: before?.first ?? index, last: index, folded })
    }
  })
  const known = new Map(record.listed.map(({ id, layer }) => [id, layer]))
  const layerAt = (node: number): number => known.get(node) ?? layerOf(record, node)
  const rowOf = (node: number): number | undefined => {
    const own = nodeRows.get(node)
    if (own !== undefined) return own
    const end = ends.get(layerAt(node))
    return end?.folded ?? end?.last
  }
  const wired = new Set<string>()
  const connect = (from: number | undefined, to: number | undefined): void => {
    if (from !== undefined && to !== undefined && from < to) readers[from]?.add(to)
  }
  for (const node of record.listed) {
    const to = rowOf(node.id)
    for (const input of node.inputs) {
      if (!input || !('node' in input)) continue
      wired.add(`${layerAt(input.node)} ${node.layer}`)
      connect(rowOf(input.node), to)
    }
  }
  // Where no gradient goes there are no nodes: what the model wires is drawn.
  record.layers.forEach(({ inputs }, layer) => {
    for (const input of inputs)
      if (!wired.has(`${input} ${layer}`)) connect(ends.get(input)?.last, ends.get(layer)?.first)
  })
  rows.forEach((row, index) => {
    if (row.kind === 'folded') connect(index - 1, index)
  })
  return readers.map((own) => (own ? [...own].sort((a, b) => a - b) : undefined))
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)
