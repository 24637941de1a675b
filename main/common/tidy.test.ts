import { describe, expect, it } from 'vitest'
import { emptyDocument, type ModelDocument } from './document.ts'
import { addNode, connect, moveNodes, nodeSize } from './edit.ts'
import { templates } from './templates.ts'
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
})
