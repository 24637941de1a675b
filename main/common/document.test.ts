import { describe, expect, it } from 'vitest'
import { documentFromJson, documentToJson, readDocument, type ModelDocument } from './document.ts'
import { addNode } from './edit.ts'
import { UserError } from './errors.ts'
import { analyse, classData } from './shapes.ts'
import { chain } from './templates.ts'

const model = (): ModelDocument => ({
  ...chain('m', [
    ['input', 'input'],
    ['a', 'linear', { outFeatures: 8 }],
    ['b', 'linear', { outFeatures: 8 }],
    ['output', 'output'],
  ]),
  blocks: [
    { id: 'outer', name: 'Outer', nodes: ['a'], parent: null, repeat: 2, collapsed: false },
    { id: 'inner', name: '', nodes: ['b'], parent: 'outer', repeat: 1, collapsed: true },
  ],
  ties: [{ node: 'b', weight: 'weight', source: { node: 'a', weight: 'weight' } }],
})
const refusal = (json: unknown): UserError => {
  try {
    readDocument(json)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('it was read')
}
/** What is said of the model once something in its JSON is changed. */
const damaged = (change: (json: Record<string, unknown[]>) => void): string => {
  const json = JSON.parse(JSON.stringify(model())) as Record<string, unknown[]>
  change(json)
  return refusal(json).what.replace('The model document is damaged at ', '')
}
const put = (list: string, index: number, field: string, value: unknown) =>
  damaged((json) => {
    let at = json[list]?.[index] as Record<string, unknown>
    const path = field.split('.')
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
    at[path.at(-1) ?? ''] = value
  })

describe('a document in a file', () => {
  it('is read as it was written', () => {
    expect(documentFromJson(documentToJson(model()))).toEqual(model())
  })

  it('is refused in words when it is cut off or something else', () => {
    const text = documentToJson(model())
    for (const broken of [text.slice(0, 200), '', 'hello', '\u0000'])
      expect(() => documentFromJson(broken)).toThrow(/^This file is not JSON, or it was cut off: /)
    for (const other of [null, 1, 'x', [], {}, { format: 'tapedeck-model' }, { format: 'x', version: 1 }])
      expect(refusal(other).code).toBe('document/unknown')
  })
})

describe('versions', () => {
  /** As version 1 wrote it. */
  const version1 = `{"format":"tapedeck-model","version":1,"name":"Digits MLP","nodes":[
    {"id":"input","kind":"input","name":"","parameters":{},"position":{"x":0,"y":0}},
    {"id":"flatten","kind":"flatten","name":"","parameters":{},"position":{"x":248,"y":0}},
    {"id":"hidden","kind":"linear","name":"Hidden","parameters":{"outFeatures":256},"position":{"x":496,"y":0}},
    {"id":"relu","kind":"relu","name":"","parameters":{},"position":{"x":744,"y":0}},
    {"id":"logits","kind":"linear","name":"","parameters":{"outFeatures":10,"inFeatures":null,"bias":true},"position":{"x":0,"y":152}},
    {"id":"output","kind":"output","name":"","parameters":{},"position":{"x":248,"y":152}}],"wires":[
    {"id":"input-flatten","from":{"node":"input","port":"output"},"to":{"node":"flatten","port":"input"}},
    {"id":"flatten-hidden","from":{"node":"flatten","port":"output"},"to":{"node":"hidden","port":"input"}},
    {"id":"hidden-relu","from":{"node":"hidden","port":"output"},"to":{"node":"relu","port":"input"}},
    {"id":"relu-logits","from":{"node":"relu","port":"output"},"to":{"node":"logits","port":"input"}},
    {"id":"logits-output","from":{"node":"logits","port":"output"},"to":{"node":"output","port":"input"}}],
    "blocks":[{"id":"body","name":"Body","nodes":["hidden","relu"],"repeat":1}]}`

  it('1 is brought up to date', () => {
    const document = documentFromJson(version1)
    expect(document.version).toBe(2)
    expect(document.ties).toEqual([])
    expect(document.blocks).toEqual([
      { id: 'body', name: 'Body', nodes: ['hidden', 'relu'], repeat: 1, parent: null, collapsed: false },
    ])
    expect(analyse(document, classData([1, 28, 28], 10)).problems).toEqual([])
    expect(analyse(document, classData([1, 28, 28], 10)).parameters).toBe(203_530)
  })

  it('1 with damage says where, as any other', () => {
    const json = JSON.parse(version1) as { blocks: unknown }
    expect(refusal({ ...json, blocks: [null] }).what).toMatch(/damaged at block number 1: /)
    expect(refusal({ ...json, blocks: 7 }).what).toMatch(/damaged at blocks: expected array/)
  })

  it('that are newer or never were are refused with a sentence', () => {
    expect(refusal({ ...model(), version: 3 }).what).toBe(
      'This model was written by a newer Tapedeck (document version 3; this one reads up to 2).',
    )
    for (const version of [0, -1, 1.5])
      expect(refusal({ ...model(), version }).what).toBe(
        `No Tapedeck writes document version ${version}; this one reads 1 to 2.`,
      )
  })
})

describe('a refusal names node and field', () => {
  it('where a value is of the wrong type', () => {
    expect(put('nodes', 1, 'parameters.outFeatures', { a: 1 })).toBe(
      'node a, parameters.outFeatures: expected a number, text, true, false, null or a list of numbers.',
    )
    expect(put('nodes', 1, 'position.x', 'left')).toBe(
      'node a, position.x: expected number, received string.',
    )
    expect(put('nodes', 1, 'id', 7)).toBe('node number 2, id: expected string, received number.')
    expect(put('nodes', 1, 'id', 'a b')).toMatch(/^node a b, id: expected 1 to 64 letters/)
    expect(put('blocks', 0, 'repeat', 0)).toMatch(/^block outer, repeat: /)
    expect(put('ties', 0, 'source', null)).toMatch(/^shared weight number 1, source: /)
    expect(damaged((json) => void (json['wires'] = 3 as never))).toMatch(/^wires: expected array/)
  })

  it('where an id is taken twice', () => {
    expect(put('nodes', 2, 'id', 'a')).toBe('node a, id: another node has the id "a" too.')
    expect(put('wires', 1, 'id', 'input-a')).toBe('wire input-a, id: another wire has the id "input-a" too.')
    expect(put('blocks', 1, 'id', 'outer')).toBe('block outer, id: another block has the id "outer" too.')
  })

  it('where something is named that is not there', () => {
    expect(put('wires', 0, 'from.node', 'ghost')).toBe('wire input-a, from.node: there is no node "ghost".')
    expect(put('ties', 0, 'source.node', 'ghost')).toBe(
      'shared weight number 1, source.node: there is no node "ghost".',
    )
    expect(put('blocks', 0, 'nodes', ['a', 'ghost'])).toBe('block outer, nodes.1: there is no node "ghost".')
    expect(put('blocks', 1, 'parent', 'ghost')).toBe('block inner, parent: there is no block "ghost".')
  })

  it('where blocks and shared weights contradict each other', () => {
    expect(put('blocks', 1, 'nodes', ['a'])).toBe(
      'block inner, nodes.0: node "a" lies in block "outer" already.',
    )
    expect(put('blocks', 0, 'parent', 'inner')).toBe('block outer, parent: the block lies inside itself.')
    const back = { node: 'a', weight: 'weight', source: { node: 'b', weight: 'weight' } }
    expect(damaged((json) => json['ties']?.push(back))).toBe(
      'shared weight number 1: the weights are shared in a ring, and one must be its own.',
    )
    expect(damaged((json) => json['ties']?.push(json['ties'][0]))).toBe(
      'shared weight number 2, weight: b.weight is shared with two others.',
    )
  })
})

describe('size', () => {
  it('10,000 nodes are refused at once', () => {
    const [node] = addNode(model(), 'relu', { x: 0, y: 0 }).document.nodes.slice(-1)
    const nodes = Array.from({ length: 10_000 }, (_, i) => ({ ...node, id: `relu-${i}` }))
    const start = performance.now()
    expect(refusal({ ...model(), nodes }).what).toBe(
      'The model has 10,000 nodes; a document holds up to 5,000.',
    )
    expect(performance.now() - start).toBeLessThan(1000)
  })

  it('a chain of 5,000 is read and analysed at once, whole or bypassed or in nested blocks', () => {
    const ids = Array.from({ length: 4998 }, (_, i) => `n${i}`)
    const long = chain('long', [
      ['input', 'input'],
      ...ids.map((id, i) => [id, i % 2 ? 'relu' : 'linear', {}] as const),
      ['output', 'output'],
    ])
    const nested = Array.from({ length: 1000 }, (_, i) => ({
      id: `b${i}`,
      name: '',
      nodes: ids.slice(i, i + 1),
      parent: i === 0 ? null : `b${i - 1}`,
      repeat: 1,
      collapsed: false,
    }))
    const bypassed = long.nodes.map((node) => (node.id.startsWith('n') ? { ...node, bypass: true } : node))
    for (const document of [
      long,
      { ...long, nodes: bypassed },
      { ...long, blocks: nested },
      { ...long, blocks: nested.map((block) => ({ ...block, repeat: 2 })) },
      { ...long, blocks: nested.map((block) => ({ ...block, parent: null, repeat: 2 })) },
    ]) {
      const start = performance.now()
      analyse(readDocument(JSON.parse(JSON.stringify(document))), classData([8], 128))
      // A few tenths of a second each; the limit leaves room for a busy machine.
      expect(performance.now() - start).toBeLessThan(8000)
    }
  }, 60_000)
})
