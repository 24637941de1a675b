import { describe, expect, it } from 'vitest'
import type { Block, ModelDocument } from './document.ts'
import { addNode, applyMend, connect, disconnect, rename, setBypass, setParameter } from './edit.ts'
import { analyse, classData, type Analysis, type Problem } from './shapes.ts'
import { chain } from './templates.ts'

const data = classData([8], 4)
const model = (): ModelDocument =>
  chain('m', [
    ['input', 'input'],
    ['a', 'linear', { outFeatures: 8 }],
    ['b', 'relu'],
    ['c', 'linear', { outFeatures: 4 }],
    ['output', 'output'],
  ])
const done = (result: object): ModelDocument => {
  if (!('document' in result)) throw new Error(JSON.stringify(result))
  return result.document as ModelDocument
}
const wire = (from: string, to: string): ModelDocument['wires'][number] => ({
  id: `${from}-${to}-extra`,
  from: { node: from, port: 'output' },
  to: { node: to, port: 'input' },
})
const said = ({ problems, remarks }: Analysis): string[] =>
  [...problems, ...remarks].map(({ level, node, message }) => `${level} ${node}: ${message}`)
/** The document after the first mend of its first problem. */
const mended = (document: ModelDocument): ModelDocument => {
  const { problems } = analyse(document, data)
  const mend = problems[0]?.mends[0]
  if (!mend) throw new Error(`no mend for ${problems[0]?.message}`)
  return done(applyMend(document, mend))
}

describe('loops', () => {
  it('are listed once each, with a mend that opens them', () => {
    const looped = { ...model(), wires: [...disconnect(model(), ['input-a']).wires, wire('c', 'a')] }
    expect(said(analyse(looped, data))).toEqual([
      'error a: Linear is part of a loop, and data flows one way: Linear → ReLU → Linear 2 → Linear.',
      'remark input: Input is wired to nothing, so it takes no part in the model.',
    ])
    expect(said(analyse(mended(looped), data))[0]).toBe('error a: Linear has nothing connected to its input.')
  })

  it('hold neither what feeds them nor what they feed, and a layer that feeds itself is one', () => {
    const selfish = { ...model(), wires: [...model().wires, wire('b', 'b')] }
    const analysis = analyse(selfish, data)
    expect(said(analysis)).toEqual(['error b: ReLU is part of a loop, and data flows one way: ReLU → ReLU.'])
    expect(analysis.nodes.get('a')?.error).toBeNull()
    expect(analysis.nodes.get('c')?.waitsFor).toBe('ReLU')
    expect(analysis.order).toEqual(['input', 'a'])
    expect(analyse(mended(selfish), data).problems).toEqual([])
  })

  it('that share no node are two', () => {
    let document = model()
    for (const kind of ['relu', 'relu', 'relu']) document = addNode(document, kind, { x: 0, y: 0 }).document
    const wires = [wire('relu', 'relu-2'), wire('relu-2', 'relu'), wire('relu-3', 'relu-3')]
    expect(said(analyse({ ...document, wires: [...document.wires, ...wires] }, data))).toHaveLength(2)
  })
})

describe('layers that take no part', () => {
  it('are remarks, and their weights are not counted', () => {
    const added = addNode(model(), 'linear', { x: 0, y: 0 })
    expect(said(analyse(added.document, data))).toEqual([
      'remark linear: Linear 3 has nothing connected to its input.',
    ])
    const fed = done(
      connect(added.document, { node: 'a', port: 'output' }, { node: added.id, port: 'input' }),
    )
    const analysis = analyse(fed, data)
    expect(said(analysis)).toEqual([
      'remark linear: Linear 3 leads nowhere, so it takes no part in the model.',
    ])
    expect(analysis.parameters).toBe(analyse(model(), data).parameters)
  })

  it('still stop training where they are wrong, not only unfinished', () => {
    const added = addNode(model(), 'linear', { x: 0, y: 0 }, { outFeatures: 0 })
    expect(analyse(added.document, data).problems).toHaveLength(1)
  })
})

describe('names', () => {
  it('that are taken are mended one by one', () => {
    let document = model()
    for (const id of ['a', 'b', 'c']) document = rename(document, id, 'same')
    expect(said(analyse(document, data))[0]).toBe('error b: Two layers are named "same"; names must differ.')
    document = mended(mended(document))
    expect(analyse(document, data).problems).toEqual([])
    expect(document.nodes.map(({ name }) => name)).toEqual(['', 'same', 'same 2', 'same 3', ''])
  })
})

describe('bypassed layers', () => {
  const bypassed = (id: string): ModelDocument => done(setBypass(model(), [id], true))

  it('that keep the shape are simply left out', () => {
    expect(analyse(bypassed('b'), data).problems).toEqual([])
    expect(analyse(bypassed('a'), data).parameters).toBe(8 * 4 + 4)
  })

  it('are named by the error that they cause downstream, and switched back on by its mend', () => {
    const wrong = done(setBypass(bypassed('c'), ['b'], true))
    expect(said(analyse(wrong, data))).toEqual([
      'error output: Output expects B x 4 (the data has 4 classes), gets B x 8; Linear 2, which would make it B x 4, is bypassed.',
    ])
    expect(analyse(mended(wrong), data).problems).toEqual([])
  })

  it('are named past layers that keep the shape', () => {
    const wide = setParameter(bypassed('a'), 'c', 'inFeatures', 16)
    expect(analyse(setParameter(wide, 'a', 'outFeatures', 16), data).problems[0]?.message).toBe(
      'Linear 2 expects B x 16, gets B x 8; Linear, which would make it B x 16, is bypassed.',
    )
  })

  it('cannot be the ends of the model', () => {
    const document = {
      ...model(),
      nodes: model().nodes.map((node) => (node.id === 'input' ? { ...node, bypass: true } : node)),
    }
    expect(said(analyse(document, data))).toEqual([
      'error input: Input is bypassed, and a layer without an input and an output cannot be.',
    ])
    expect(analyse(mended(document), data).problems).toEqual([])
  })

  it('in a ring lead nowhere, and nothing hangs', () => {
    let document = { ...model(), wires: [...model().wires, wire('b', 'a')] }
    document = { ...document, wires: document.wires.filter(({ id }) => id !== 'input-a') }
    document = done(setBypass(document, ['a', 'b'], true))
    expect(said(analyse(document, data))[0]).toBe('error c: Linear 2 has nothing connected to its input.')
  })
})

describe('blocks', () => {
  const block = (nodes: string[], name = 'Body'): Block => ({
    id: 'body',
    name,
    nodes,
    parent: null,
    repeat: 2,
    collapsed: false,
  })
  const problemOf = (document: ModelDocument): Problem | undefined => analyse(document, data).problems[0]

  it('are named by id, so that a click leads there', () => {
    expect(problemOf({ ...model(), blocks: [block(['input', 'a'])] })).toMatchObject({
      node: null,
      block: 'body',
      message: 'Body holds an Input, which cannot be repeated; take it out of the block.',
    })
    const loose = disconnect(model(), ['c-output'])
    expect(problemOf({ ...loose, blocks: [block(['c'], '')] })?.message).toBe(
      'A block without a name needs a wire that leaves it before it can be repeated.',
    )
  })

  it('that change the shape say in which copy it no longer fits', () => {
    const document = setParameter(model(), 'c', 'inFeatures', 8)
    expect(problemOf({ ...document, blocks: [block(['c'])] })).toMatchObject({
      node: 'c',
      message: 'Linear 2 expects B x 8, gets B x 4 (in copy 2).',
    })
  })
})
