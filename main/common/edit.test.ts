import { describe, expect, it } from 'vitest'
import { documentSchema, emptyDocument, type ModelDocument } from './document.ts'
import {
  addAfter,
  addNode,
  applyMend,
  connect,
  connectRefusal,
  disconnect,
  freePlace,
  insertOnWire,
  moveNodes,
  nodeSize,
  removeNodes,
  rename,
  renameDocument,
  setBypass,
  setParameter,
  splice,
} from './edit.ts'
import type { Mend } from './layer.ts'
import { analyse, classData } from './shapes.ts'
import { chain, templates } from './templates.ts'

const three = (): ModelDocument =>
  chain('Three', [
    ['input', 'input'],
    ['flatten', 'flatten'],
    ['output', 'output'],
  ])
const out = (node: string): { node: string; port: string } => ({ node, port: 'output' })
const into = (node: string): { node: string; port: string } => ({ node, port: 'input' })
/** The wires as `from>to`. */
const wiring = (document: ModelDocument): string[] =>
  document.wires.map(({ from, to }) => `${from.node}>${to.node}`).sort()
const done = (result: object): ModelDocument => {
  if (!('document' in result)) throw new Error(JSON.stringify(result))
  return documentSchema.parse(result.document)
}

describe('addNode', () => {
  it('gives readable ids that are never taken twice', () => {
    let document = emptyDocument()
    const ids: string[] = []
    for (const kind of ['linear', 'linear', 'relu', 'linear']) {
      const added = addNode(document, kind, { x: 0, y: 0 })
      document = added.document
      ids.push(added.id)
    }
    expect(ids).toEqual(['linear', 'linear-2', 'relu', 'linear-3'])
    expect(addNode(removeNodes(document, ['linear-2']), 'linear', { x: 0, y: 0 }).id).toBe('linear-2')
  })

  it('writes the default parameters down, with those given on top', () => {
    const { document } = addNode(emptyDocument(), 'linear', { x: 1.4, y: 2.6 }, { outFeatures: 10 })
    expect(document.nodes[0]).toMatchObject({
      parameters: { outFeatures: 10, inFeatures: null, bias: true },
      position: { x: 1, y: 3 },
    })
  })

  it('leaves the document it got as it was', () => {
    const before = three()
    const text = JSON.stringify(before)
    addNode(before, 'relu', { x: 0, y: 0 })
    expect(JSON.stringify(before)).toBe(text)
  })
})

describe('removeNodes', () => {
  it('joins what fed a node to what it fed', () => {
    expect(wiring(removeNodes(three(), ['flatten']))).toEqual(['input>output'])
  })

  it('heals over several neighbours that go at once, in any order', () => {
    const document = templates()[0]?.document as ModelDocument
    for (const ids of [
      ['flatten', 'hidden', 'relu'],
      ['relu', 'flatten', 'hidden'],
    ])
      expect(wiring(removeNodes(document, ids))).toEqual(['input>logits', 'logits>output'])
  })

  it('joins the one source to everything that a branching node fed', () => {
    let document = addNode(three(), 'relu', { x: 0, y: 300 }).document
    document = done(connect(document, out('flatten'), into('relu')))
    expect(wiring(removeNodes(document, ['flatten']))).toEqual(['input>output', 'input>relu'])
  })

  it('makes no wire at the ends of a chain, and forgets the node in blocks', () => {
    const document = {
      ...three(),
      blocks: [{ id: 'b', name: 'B', nodes: ['input'], repeat: 1, parent: null, collapsed: false }],
    }
    const left = removeNodes(document, ['input'])
    expect(wiring(left)).toEqual(['flatten>output'])
    expect(left.blocks).toEqual([])
  })

  it('returns the same document when there is nothing to remove', () => {
    const document = three()
    expect(removeNodes(document, ['nobody'])).toBe(document)
  })
})

describe('connect', () => {
  it('replaces the wire that the input had', () => {
    const document = addNode(three(), 'relu', { x: 0, y: 0 }).document
    expect(wiring(done(connect(document, out('relu'), into('output'))))).toEqual([
      'input>flatten',
      'relu>output',
    ])
  })

  it('lets one output feed many inputs', () => {
    const document = addNode(three(), 'relu', { x: 0, y: 0 }).document
    const both = done(connect(document, out('flatten'), into('relu')))
    expect(wiring(both)).toEqual(['flatten>output', 'flatten>relu', 'input>flatten'])
  })

  it('refuses a node feeding itself and a loop, and says why', () => {
    const document = templates()[0]?.document as ModelDocument
    expect(connectRefusal(document, out('relu'), into('relu'))).toBe('ReLU cannot feed itself.')
    expect(connectRefusal(document, out('logits'), into('flatten'))).toBe(
      'Flatten already leads to Linear 2: that wire would close a loop, and data flows one way.',
    )
  })

  it('refuses ports and nodes that are not there', () => {
    expect(connectRefusal(three(), out('output'), into('flatten'))).toBe('Output has no output named output.')
    expect(connectRefusal(three(), out('flatten'), into('input'))).toBe('Input has no input named input.')
    expect(connectRefusal(three(), out('ghost'), into('flatten'))).toBe('There is no layer ghost to connect.')
  })

  it('changes nothing when the wire is already there', () => {
    const document = three()
    expect(connect(document, out('input'), into('flatten'))).toEqual({ document })
    expect(done(connect(document, out('input'), into('flatten')))).toEqual(document)
  })

  it('keeps wire ids apart', () => {
    let document = addNode(three(), 'relu', { x: 0, y: 0 }).document
    document = done(connect(document, out('flatten'), into('relu')))
    document = done(connect(disconnect(document, ['flatten-output']), out('relu'), into('output')))
    expect(new Set(document.wires.map((wire) => wire.id)).size).toBe(document.wires.length)
  })
})

describe('small edits', () => {
  it('disconnects by wire id', () => {
    expect(wiring(disconnect(three(), ['input-flatten']))).toEqual(['flatten>output'])
  })

  it('are the same document when nothing changes', () => {
    const document = setParameter(three(), 'input', 'shape', [1, 2])
    expect(setParameter(document, 'input', 'shape', [1, 2])).toBe(document)
    expect(moveNodes(document, new Map([['input', { x: 0, y: 0 }]]))).toBe(document)
    expect(rename(document, 'input', '')).toBe(document)
    expect(renameDocument(document, 'Three')).toBe(document)
    expect(disconnect(document, ['nothing'])).toBe(document)
  })

  it('keep other nodes identical, so that only what changed is drawn again', () => {
    const document = three()
    const moved = moveNodes(document, new Map([['flatten', { x: 5, y: 6 }]]))
    expect(moved.nodes[0]).toBe(document.nodes[0])
    expect(moved.nodes[1]?.position).toEqual({ x: 5, y: 6 })
  })

  it('hold a wrong value, which analysis then names', () => {
    const document = setParameter(
      addNode(three(), 'linear', { x: 0, y: 0 }).document,
      'linear',
      'outFeatures',
      '12a',
    )
    expect(analyse(document).nodes.get('linear')?.error?.message).toContain('Outputs is 12a')
  })

  it('bypass what passes something on, and nothing else', () => {
    const document = done(setBypass(three(), ['input', 'flatten'], true))
    expect(document.nodes.map(({ bypass }) => bypass)).toEqual([undefined, true, undefined])
    expect(setBypass(document, ['flatten'], true)).toEqual({ document })
    expect(done(setBypass(document, ['flatten'], false))).toEqual(three())
    expect(setBypass(three(), ['output'], true)).toEqual({
      refused: 'Output cannot be bypassed: a layer needs an input and an output for that.',
    })
  })

  it('cut names to what a document may hold', () => {
    expect(documentSchema.safeParse(rename(three(), 'input', 'x'.repeat(500))).success).toBe(true)
    expect(documentSchema.safeParse(renameDocument(three(), 'x'.repeat(500))).success).toBe(true)
  })
})

describe('splice', () => {
  it('puts a node between the ends of a wire', () => {
    const { document, id } = addNode(three(), 'relu', { x: 0, y: 0 })
    expect(wiring(done(splice(document, 'flatten-output', id)))).toEqual([
      'flatten>relu',
      'input>flatten',
      'relu>output',
    ])
  })

  it('refuses a node without an input or an output', () => {
    const { document, id } = addNode(three(), 'output', { x: 0, y: 0 })
    expect(splice(document, 'input-flatten', id)).toEqual({
      refused: 'Output 2 cannot sit on a wire: it has no output.',
    })
  })

  it('refuses a wire that is gone', () => {
    expect(splice(three(), 'no-wire', 'flatten')).toEqual({ refused: 'That wire is no longer there.' })
  })
})

describe('insertOnWire', () => {
  it('makes room in the row, so that nothing is covered', () => {
    const inserted = insertOnWire(three(), 'input-flatten', 'relu')
    const document = done(inserted)
    const lefts = document.nodes.map((node) => node.position.x).sort((a, b) => a - b)
    for (let i = 1; i < lefts.length; i++)
      expect((lefts[i] ?? 0) - (lefts[i - 1] ?? 0)).toBeGreaterThanOrEqual(nodeSize.width)
    expect(wiring(document)).toEqual(['flatten>output', 'input>relu', 'relu>flatten'])
  })

  it('uses the space between nodes that stand far apart', () => {
    const far = moveNodes(three(), new Map([['output', { x: 1400, y: 0 }]]))
    const document = done(insertOnWire(far, 'flatten-output', 'relu'))
    expect(document.nodes.find((node) => node.id === 'output')?.position.x).toBe(1400)
  })
})

describe('addAfter', () => {
  it('assembles a chain by adding one layer after another', () => {
    let { document, id } = addNode(emptyDocument(), 'input', { x: 0, y: 0 })
    for (const kind of ['flatten', 'linear', 'relu', 'linear', 'output'])
      ({ document, id } = addAfter(document, id, kind))
    expect(wiring(document)).toEqual([
      'flatten>linear',
      'input>flatten',
      'linear-2>output',
      'linear>relu',
      'relu>linear-2',
    ])
  })

  it('splices into the one wire that leaves', () => {
    expect(wiring(addAfter(three(), 'input', 'relu').document)).toEqual([
      'flatten>output',
      'input>relu',
      'relu>flatten',
    ])
  })

  it('only places what cannot be fed', () => {
    const { document } = addAfter(three(), 'output', 'relu')
    expect(wiring(document)).toEqual(wiring(three()))
  })
})

describe('freePlace', () => {
  it('goes below what is there', () => {
    const place = freePlace(three(), { x: 10, y: 0 })
    expect(place.y).toBeGreaterThanOrEqual(nodeSize.height)
    expect(freePlace(three(), { x: 0, y: 400 })).toEqual({ x: 0, y: 400 })
  })
})

describe('applyMend', () => {
  const data = classData([1, 28, 28], 10)
  const firstMend = (document: ModelDocument): Mend => {
    const mend = analyse(document, data).problems.flatMap((problem) => problem.mends)[0]
    if (!mend) throw new Error('no mend is offered')
    return mend
  }

  it('repairs a width at its cause', () => {
    const wrong = setParameter(templates()[0]?.document as ModelDocument, 'logits', 'outFeatures', 7)
    expect(analyse(wrong, data).problems).toHaveLength(1)
    expect(analyse(done(applyMend(wrong, firstMend(wrong))), data).problems).toEqual([])
  })

  it('inserts the layer that is missing, more than once where more is missing', () => {
    let document = removeNodes(three(), ['flatten'])
    document = done(applyMend(document, firstMend(document)))
    expect(firstMend(document)).toMatchObject({ layer: 'linear', parameters: { outFeatures: 10 } })
    document = done(applyMend(document, firstMend(document)))
    expect(analyse(document, data).problems).toEqual([])
    expect(document.nodes.map((node) => node.kind)).toEqual(['input', 'output', 'flatten', 'linear'])
  })

  it('refuses when the wire has gone meanwhile', () => {
    const mend = firstMend(removeNodes(three(), ['flatten']))
    expect(applyMend(disconnect(three(), ['flatten-output']), mend)).toEqual({
      refused: 'That wire is no longer there.',
    })
  })
})
