import { describe, expect, it } from 'vitest'
import { blocksOf, groupNodes, setCollapsed } from './blocks.ts'
import { emptyDocument, type ModelDocument } from './document.ts'
import { addNode, connect, moveNodes, nodeSize, pitch } from './edit.ts'
import { chain, templates } from './templates.ts'
import { tidy } from './tidy.ts'

const model = (): ModelDocument => templates()[0]?.document as ModelDocument
const heap = (document: ModelDocument): ModelDocument =>
  moveNodes(document, new Map(document.nodes.map((node) => [node.id, { x: 0, y: 0 }])))

const overlaps = (document: ModelDocument, height: number = nodeSize.height): number =>
  document.nodes.filter((a, i) =>
    document.nodes
      .slice(i + 1)
      .some(
        (b) =>
          Math.abs(a.position.x - b.position.x) < nodeSize.width &&
          Math.abs(a.position.y - b.position.y) < height,
      ),
  ).length

describe('tidy', () => {
  it('sets every wire of a short chain left to right', () => {
    const document = tidy(heap(model()), { columns: 10 })
    const left = new Map(document.nodes.map((node) => [node.id, node.position.x]))
    for (const { from, to } of document.wires)
      expect(left.get(to.node)).toBeGreaterThan(left.get(from.node) ?? 0)
    expect(new Set(document.nodes.map((node) => node.position.y)).size).toBe(1)
  })

  it('breaks a long chain into rows of about equal length', () => {
    const document = tidy(heap(model()), { columns: 5 })
    const tops = document.nodes.map((node) => node.position.y)
    expect([...new Set(tops)].map((top) => tops.filter((y) => y === top).length)).toEqual([3, 3])
  })

  it('covers nothing, with branches and with tall nodes', () => {
    let document = model()
    for (let i = 0; i < 4; i++) {
      const added = addNode(document, 'relu', { x: 0, y: 0 })
      const wired = connect(
        added.document,
        { node: 'flatten', port: 'output' },
        { node: added.id, port: 'input' },
      )
      if ('refused' in wired) throw new Error(wired.refused)
      document = wired.document
    }
    const sizes = new Map(document.nodes.map((node) => [node.id, { width: nodeSize.width, height: 140 }]))
    expect(overlaps(tidy(document, { sizes }), 140)).toBe(0)
  })

  it('changes nothing the second time, and nothing in an empty document', () => {
    const once = tidy(heap(model()))
    expect(tidy(once)).toBe(once)
    const empty = emptyDocument()
    expect(tidy(empty)).toBe(empty)
  })

  it('ends with a document that has a cycle', () => {
    const loop = {
      ...model(),
      wires: [
        ...model().wires,
        { id: 'loop', from: { node: 'relu', port: 'output' }, to: { node: 'flatten', port: 'input' } },
      ],
    }
    expect(tidy(heap(loop)).nodes).toHaveLength(6)
  })

  const at = (document: ModelDocument, id: string): { x: number; y: number } =>
    document.nodes.find((node) => node.id === id)?.position ?? { x: NaN, y: NaN }
  /** Three layers with a connection past them, and what is around. */
  const residual = (): ModelDocument => {
    const chained = chain('residual', [
      ['input', 'input'],
      ['a', 'relu'],
      ['b', 'relu'],
      ['c', 'relu'],
      ['output', 'output'],
    ])
    const skip = {
      id: 'skip',
      from: { node: 'input', port: 'output' },
      to: { node: 'output', port: 'input' },
    }
    return heap({ ...chained, wires: [...chained.wires, skip] })
  }

  it('leaves a lane for a connection past other layers', () => {
    const document = tidy(residual(), { columns: 8 })
    const [start, end, ...between] = ['input', 'output', 'a', 'b', 'c'].map((id) => at(document, id).y)
    expect(start).toBe(end)
    // The wire runs through the middle of its ends, above the layers that it passes.
    for (const y of between) expect(y).toBeGreaterThan((start ?? 0) + nodeSize.height / 2 + 8)
    expect(tidy(document, { columns: 8 })).toBe(document)
  })

  it('keeps blocks together and their frames apart, nested too', () => {
    let document = residual()
    for (const ids of [['b'], ['b', 'c']]) {
      const grouped = groupNodes(document, ids)
      if ('refused' in grouped) throw new Error(grouped.refused)
      document = grouped.document
    }
    for (const columns of [2, 3, 8]) {
      const laid = tidy(document, { columns })
      expect(overlaps(laid)).toBe(0)
      for (const { nodes } of blocksOf(laid)) {
        const inside = [...nodes].map((id) => at(laid, id))
        const left = Math.min(...inside.map(({ x }) => x))
        const right = Math.max(...inside.map(({ x }) => x)) + nodeSize.width
        const top = Math.min(...inside.map(({ y }) => y))
        const bottom = Math.max(...inside.map(({ y }) => y)) + nodeSize.height
        for (const { id, position } of laid.nodes)
          if (!nodes.has(id))
            expect(
              position.x >= right ||
                position.x + nodeSize.width <= left ||
                position.y >= bottom ||
                position.y + nodeSize.height <= top,
              `${id} in ${columns} columns`,
            ).toBe(true)
      }
      expect(tidy(laid, { columns })).toBe(laid)
    }
  })

  it('gives a folded block the place of one box, in the middle of its layers', () => {
    const open = groupNodes(model(), ['hidden', 'relu'])
    if ('refused' in open) throw new Error(open.refused)
    const laid = tidy(setCollapsed(open.document, open.id, true), { columns: 8 })
    const x = (id: string): number => laid.nodes.find((node) => node.id === id)?.position.x ?? NaN
    expect(x('logits') - x('flatten')).toBe(2 * pitch.x)
    // To the grid of 8.
    expect(Math.abs((x('hidden') + x('relu')) / 2 - x('flatten') - pitch.x)).toBeLessThanOrEqual(4)
  })

  it('lays 5,000 layers in 1,000 nested blocks out in a few seconds', () => {
    const ids = Array.from({ length: 4998 }, (_, i) => `n${i}`)
    const long = chain('long', [['input', 'input'], ...ids.map((id) => [id, 'relu'] as const)])
    const blocks = ids.slice(0, 1000).map((id, i) => ({
      id: `b${i}`,
      name: '',
      nodes: [id],
      parent: i === 0 ? null : `b${i - 1}`,
      repeat: 1,
      collapsed: false,
    }))
    const start = performance.now()
    tidy({ ...long, blocks })
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})
