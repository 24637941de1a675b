import { expect, test } from 'vitest'
import type { TapeLayer, TapeNode, TapeRecord } from '../../../main/common/tape/record.ts'
import { layerOf, readersOf, rowsOf, type Row } from './rows.ts'

const layer = (
  id: string,
  first: number,
  count: number,
  inputs: number[],
  more: Partial<TapeLayer> = {},
): TapeLayer => ({
  id,
  title: id,
  group: 'Core',
  documentNodes: [id],
  blocks: [],
  inputs,
  outputs: [],
  weights: 0,
  first,
  count,
  folded: [],
  forwardMs: 1,
  backwardMs: 2,
  savedBytes: 4,
  gradientNorm: null,
  notFinite: false,
  ...more,
})
const node = (id: number, at: number, inputs: number[]): TapeNode => ({
  id,
  op: `op${id}`,
  layer: at,
  inputs: inputs.map((one) => ({ node: one, output: 0 })),
  outputs: [],
  saved: [],
  savedBytes: 0,
  forwardMs: 0.5,
  backwardMs: 1,
  turn: null,
  turnMs: null,
  gradientNorm: null,
  notFinite: false,
})

/** Input, flatten (no gradient), a, b (reads a), c (reads b and a), Output (passes on), loss. */
const record = {
  layers: [
    layer('input', 0, 0, []),
    layer('flatten', 0, 0, [0]),
    layer('a', 0, 2, [1]),
    layer('b', 2, 1, [2]),
    layer('c', 3, 1, [2, 3]),
    layer('output', 0, 0, [4]),
    layer('loss', 4, 1, [5]),
  ],
  listed: [node(0, 2, []), node(1, 2, [0]), node(2, 3, [1]), node(3, 4, [2, 1]), node(4, 6, [3])],
} as unknown as TapeRecord

const keys = (rows: readonly Row[]): string[] => rows.map(({ key }) => key)

test('layers in order; one that only passes on is left out, those before the first weight are not', () => {
  const rows = rowsOf(record, new Set())
  expect(keys(rows)).toEqual(['layer 0', 'layer 1', 'layer 2', 'layer 3', 'layer 4', 'layer 6'])
  expect(readersOf(record, rows)).toEqual([[1], [2], [3, 4], [4], [5], []])
})

test('an open layer is a head without a dot, and its nodes are wired', () => {
  const rows = rowsOf(record, new Set(['layer 2']))
  expect(keys(rows).slice(2, 6)).toEqual(['layer 2', 'node 0', 'node 1', 'layer 3'])
  expect(readersOf(record, rows)).toEqual([[1], [3], undefined, [4], [5, 6], [6], [7], []])
})

test('a block is a row with the sums of its layers, closed or open; its copies are told apart', () => {
  const blocks = (copy: number) => [{ id: 'x', name: 'Residual', copy }]
  const layers = record.layers.map((one, i) =>
    i === 2 || i === 3 ? { ...one, blocks: blocks(1) } : i === 4 ? { ...one, blocks: blocks(2) } : one,
  )
  const blocked = { ...record, layers }
  const open = rowsOf(blocked, new Set())
  expect(keys(open)).toEqual([
    'layer 0',
    'layer 1',
    'block x.1 2',
    'layer 2',
    'layer 3',
    'block x.2 4',
    'layer 4',
    'layer 6',
  ])
  expect(open[2]).toMatchObject({
    title: 'Residual 1 of 2',
    from: 2,
    to: 3,
    sums: { forwardMs: 2, savedBytes: 8 },
  })
  const closed = rowsOf(blocked, new Set(['block x.1 2']))
  expect(keys(closed)).toEqual(['layer 0', 'layer 1', 'block x.1 2', 'block x.2 4', 'layer 4', 'layer 6'])
  expect(readersOf(blocked, closed)).toEqual([[1], [2], [4], undefined, [5], []])
})

test('nodes that are not listed are one row, where what reads them is wired to', () => {
  const layers = record.layers.map((one, i) =>
    i === 2 ? { ...one, folded: [{ op: 'op', count: 1, forwardMs: 1, backwardMs: 1, savedBytes: 1 }] } : one,
  )
  const long = { ...record, layers, listed: record.listed.filter(({ id }) => id !== 1) }
  const rows = rowsOf(long, new Set(['layer 2']))
  expect(keys(rows).slice(2, 6)).toEqual(['layer 2', 'node 0', 'folded 2', 'layer 3'])
  expect(layerOf(long, 1)).toBe(2)
  expect(readersOf(long, rows).slice(2, 6)).toEqual([undefined, [4], [5, 6], [6]])
})
