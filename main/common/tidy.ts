/**
 * Left-to-right layered layout (after Sugiyama, Tagawa and Toda 1981): a node stands one column right of the
 * furthest node that feeds it, columns are ordered by the mean place of their neighbours, and long models
 * are broken into rows like text.
 */
import type { ModelDocument } from './document.ts'
import { moveNodes, nodeSize, pitch, type Position } from './edit.ts'

export interface TidyOptions {
  /** Drawn size of a node where known; an error strip makes a node taller. */
  sizes?: ReadonlyMap<string, { width: number; height: number }>
  /** Columns in a row before the next row begins. */
  columns?: number
}

const gap = pitch.y - nodeSize.height

export function tidy(document: ModelDocument, { sizes, columns = 5 }: TidyOptions = {}): ModelDocument {
  if (document.nodes.length === 0) return document
  const heightOf = (id: string): number => sizes?.get(id)?.height ?? nodeSize.height
  const layers = order(document, rank(document))
  const perRow = balance(layers.length, columns)

  const positions = new Map<string, Position>()
  let top = 0
  for (let start = 0; start < layers.length; start += perRow) {
    const row = layers.slice(start, start + perRow)
    const heights = row.map(
      (ids) => ids.reduce((sum, id) => sum + heightOf(id), 0) + gap * Math.max(0, ids.length - 1),
    )
    const tallest = Math.max(...heights)
    // Single nodes share a top edge, so that a chain with one error strip still has straight wires.
    const stacked = row.some((ids) => ids.length > 1)
    row.forEach((ids, column) => {
      let y = top + (stacked ? Math.round((tallest - (heights[column] ?? 0)) / 2) : 0)
      for (const id of ids) {
        positions.set(id, { x: column * pitch.x, y })
        y += heightOf(id) + gap
      }
    })
    top += tallest + gap
  }
  return moveNodes(document, positions)
}

/** Columns per row so that rows come out about equally long: 6 columns make 3 + 3 rather than 5 + 1. */
function balance(count: number, most: number): number {
  return Math.ceil(count / Math.ceil(count / most))
}

/** Longest path from a node without inputs; a node in a cycle counts the wires that lead to it from outside. */
function rank(document: ModelDocument): Map<string, number> {
  const feeds = new Map<string, string[]>()
  const waiting = new Map(document.nodes.map((node) => [node.id, 0]))
  for (const { from, to } of document.wires) {
    feeds.set(from.node, [...(feeds.get(from.node) ?? []), to.node])
    waiting.set(to.node, (waiting.get(to.node) ?? 0) + 1)
  }
  const ranks = new Map(document.nodes.map((node) => [node.id, 0]))
  const ready = document.nodes.filter((node) => waiting.get(node.id) === 0).map((node) => node.id)
  for (const id of ready)
    for (const next of feeds.get(id) ?? []) {
      ranks.set(next, Math.max(ranks.get(next) ?? 0, (ranks.get(id) ?? 0) + 1))
      const left = (waiting.get(next) ?? 0) - 1
      waiting.set(next, left)
      if (left === 0) ready.push(next)
    }
  return ranks
}

/** Ids by column, each column sorted by where the neighbours in the column before stand (two sweeps). */
function order(document: ModelDocument, ranks: ReadonlyMap<string, number>): string[][] {
  const columns: string[][] = []
  const byHeight = [...document.nodes].sort((a, b) => a.position.y - b.position.y)
  for (const { id } of byHeight) (columns[ranks.get(id) ?? 0] ??= []).push(id)
  const filled = columns.filter((column) => column !== undefined)
  const neighbours = new Map<string, string[]>()
  for (const { from, to } of document.wires) {
    neighbours.set(from.node, [...(neighbours.get(from.node) ?? []), to.node])
    neighbours.set(to.node, [...(neighbours.get(to.node) ?? []), from.node])
  }
  for (const direction of [1, -1]) {
    const sweep = direction === 1 ? filled : [...filled].reverse()
    for (let i = 1; i < sweep.length; i++) {
      const before = new Map(sweep[i - 1]?.map((id, place) => [id, place]))
      const column = sweep[i] ?? []
      const weight = new Map(
        column.map((id, place) => {
          const places = (neighbours.get(id) ?? []).flatMap((n) => before.get(n) ?? [])
          return [id, places.length ? places.reduce((a, b) => a + b, 0) / places.length : place]
        }),
      )
      column.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0))
    }
  }
  return filled
}
