import { describe, expect, it } from 'vitest'
import type { Block, ModelDocument } from './document.ts'
import { expand } from './expand.ts'
import { planOf } from './plan.ts'
import { analyse, classData } from './shapes.ts'
import { chain } from './templates.ts'

const block = (id: string, nodes: string[], repeat: number, parent: string | null = null): Block => ({
  id,
  name: id,
  nodes,
  parent,
  repeat,
  collapsed: false,
})

const three = (): ModelDocument =>
  chain('three', [
    ['input', 'input'],
    ['flatten', 'flatten'],
    ['a', 'linear', { outFeatures: 8 }],
    ['b', 'relu'],
    ['c', 'linear', { outFeatures: 8 }],
    ['output', 'output'],
  ])

describe('expand', () => {
  it('gives a document without conveniences as it is', () => {
    const document = three()
    const flat = expand(document)
    expect(flat.nodes).toBe(document.nodes)
    expect(flat.wires).toBe(document.wires)
  })

  it('writes a repeated block out, each copy feeding the next', () => {
    const document = { ...three(), blocks: [block('t', ['b', 'c'], 3)] }
    const flat = expand(document)
    const wires = flat.wires.map(({ from, to }) => `${from.node}>${to.node}`).sort()
    expect(wires).toEqual(
      [
        'input>flatten',
        'flatten>a',
        'a>b',
        'b>c',
        'c>b@t.2',
        'b@t.2>c@t.2',
        'c@t.2>b@t.3',
        'b@t.3>c@t.3',
        'c@t.3>output',
      ].sort(),
    )
    expect(flat.originals.get('c@t.3')).toBe('c')
  })

  it('writes nested repeats out, inner ones first', () => {
    const document = { ...three(), blocks: [block('outer', ['b'], 2), block('inner', ['c'], 2, 'outer')] }
    const analysis = analyse(document, classData([4], 8))
    expect(analysis.problems).toEqual([])
    expect(analysis.order).toEqual(
      'input flatten a b c c@inner.2 b@outer.2 c@outer.2 c@inner.2@outer.2 output'.split(' '),
    )
    expect(analysis.sourceTitles.get('c@inner.2@outer.2')).toBe('Linear 2 (copy 2.2)')
    expect(analysis.nodes.get('c')?.copies).toBe(4)
    expect(analysis.nodes.get('c')?.weights).toBe(4 * (8 * 8 + 8))
  })

  it('wires past a bypassed node', () => {
    const document = three()
    const nodes = document.nodes.map((node) => (node.id === 'b' ? { ...node, bypass: true } : node))
    const flat = expand({ ...document, nodes })
    expect(flat.nodes.map(({ id }) => id)).not.toContain('b')
    expect(flat.wires.map(({ from, to }) => `${from.node}>${to.node}`)).toContain('a>c')
  })

  it('says why a block cannot be repeated', () => {
    const document = { ...three(), blocks: [block('end', ['c', 'output'], 2)] }
    expect(analyse(document, classData([4], 8)).problems.map(({ message }) => message)).toEqual([
      'end holds an Output, which cannot be repeated; take it out of the block.',
    ])
    const huge = { ...three(), blocks: [block('outer', ['b'], 1000), block('inner', ['c'], 1000, 'outer')] }
    expect(expand(huge).problems[0]?.message).toMatch(/more than 20,000 layers/)
  })
})

describe('a plan', () => {
  it('gives tied weights one key, and their values are counted once', () => {
    const document = {
      ...three(),
      ties: [{ node: 'c', weight: 'weight', source: { node: 'a', weight: 'weight' } }],
    }
    const analysis = analyse(document, classData([8], 8))
    expect(analysis.problems).toEqual([])
    expect(analysis.parameters).toBe(8 * 8 + 8 + 8)
    const { steps, weights } = planOf(analysis)
    expect(steps.find(({ id }) => id === 'c')?.weights).toEqual({ weight: 'a.weight', bias: 'c.bias' })
    expect([...weights.keys()]).toEqual(['a.weight', 'a.bias', 'c.bias'])
  })

  it('refuses to tie weights of different shapes', () => {
    const document = {
      ...three(),
      ties: [{ node: 'c', weight: 'weight', source: { node: 'a', weight: 'weight' } }],
    }
    expect(analyse(document, classData([4], 8)).problems.map(({ message }) => message)).toEqual([
      "Linear 2 shares Linear's weight of 8 x 4, but its own weight is 8 x 8.",
    ])
  })
})
