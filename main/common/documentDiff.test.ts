import { describe, expect, it } from 'vitest'
import type { ModelDocument } from './document.ts'
import { diffDocuments } from './documentDiff.ts'
import { addAfter, insertOnWire, removeNodes, setParameter } from './edit.ts'
import { randomDocument } from './fixtures.ts'
import { classData } from './shapes.ts'
import { templates } from './templates.ts'

const mlp = templates().find(({ id }) => id === 'digits-mlp')!.document
const data = classData([1, 28, 28], 10)
const both = { before: data, after: data }
const [first] = mlp.nodes.filter(({ kind }) => kind === 'linear')

/** Every id another one: what a model built anew has. */
const renamed = (document: ModelDocument): ModelDocument => {
  const id = (old: string): string => `x-${old}`
  return {
    ...document,
    nodes: document.nodes.map((node) => ({ ...node, id: id(node.id) })),
    wires: document.wires.map(({ id: wire, from, to }) => ({
      id: id(wire),
      from: { ...from, node: id(from.node) },
      to: { ...to, node: id(to.node) },
    })),
    blocks: [],
    ties: [],
  }
}

describe('the difference of two models', () => {
  it('is none with itself, whatever the ids, the places and the document', () => {
    for (const [a, b] of [
      [mlp, mlp],
      [mlp, renamed(mlp)],
      ...Array.from({ length: 20 }, (_, seed) => randomDocument(seed)).map((one) => [one, one] as const),
    ] as const) {
      const { counts, rewired, wires } = diffDocuments(a, b)
      expect(counts).toEqual({ same: a.nodes.length, changed: 0, added: 0, removed: 0 })
      expect(rewired).toBe(false)
      expect([wires.added.size, wires.removed.size]).toEqual([0, 0])
    }
  })

  it('says which parameter changed, from what to what, and what that is in weights', () => {
    const wider = setParameter(mlp, first!.id, 'outFeatures', 64)
    const { layers, counts, weights } = diffDocuments(mlp, wider, both)
    const changed = layers.find(({ id }) => id === first!.id)!
    expect(changed).toMatchObject({ state: 'changed', weights: { after: 785 * 64 } })
    expect(changed.changes).toEqual([
      {
        title: expect.stringMatching(/./) as string,
        from: String(first!.parameters['outFeatures']),
        to: '64',
      },
    ])
    expect(counts).toMatchObject({ changed: 1, added: 0, removed: 0 })
    expect(weights.before - weights.after).toBe(
      layers.reduce((sum, layer) => sum + layer.weights.before - layer.weights.after, 0),
    )
  })

  it('has a layer that was put between others as added, and those others as they were; back, as removed', () => {
    const inserted = insertOnWire(mlp, mlp.wires[1]!.id, 'relu')
    if ('refused' in inserted) throw new Error(inserted.refused)
    const { document: longer, id } = inserted
    for (const after of [longer, renamed(longer)]) {
      const { counts, rewired, wires } = diffDocuments(mlp, after)
      expect(counts).toEqual({ same: mlp.nodes.length, changed: 0, added: 1, removed: 0 })
      expect(rewired).toBe(false)
      expect([wires.added.size, wires.removed.size]).toEqual([2, 1])
    }
    const back = diffDocuments(longer, mlp)
    expect(back.counts).toMatchObject({ added: 0, removed: 1 })
    expect(back.layers.find(({ state }) => state === 'removed')).toMatchObject({ id, kind: 'relu' })
    expect(back.rewired).toBe(false)
    expect(back.drawn.nodes.map((node) => node.id)).toContain(id)
  })

  it('draws a layer that was replaced under the same id by another kind as removed and added', () => {
    const other = {
      ...mlp,
      nodes: mlp.nodes.map((node) =>
        node.id === first!.id ? { ...node, kind: 'relu', parameters: {} } : node,
      ),
    }
    const { counts, drawn } = diffDocuments(mlp, other)
    expect(counts).toMatchObject({ added: 1, removed: 1 })
    expect(new Set(drawn.nodes.map(({ id }) => id)).size).toBe(mlp.nodes.length + 1)
  })

  it('sees that layers are wired in another way', () => {
    const [wire, next] = mlp.wires
    const crossed = {
      ...mlp,
      wires: mlp.wires.map((one) => (one === next ? { ...one, from: wire!.from } : one)),
    }
    expect(diffDocuments(mlp, crossed).rewired).toBe(true)
  })

  it('of models that have nothing in common is everything', () => {
    const end = addAfter(
      removeNodes(
        mlp,
        mlp.nodes.map(({ id }) => id),
      ),
      '',
      'lstm',
    ).document
    expect(diffDocuments(mlp, end).counts).toEqual({
      same: 0,
      changed: 0,
      added: end.nodes.length,
      removed: mlp.nodes.length,
    })
  })
})
