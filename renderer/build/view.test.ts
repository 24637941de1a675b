import { describe, expect, it } from 'vitest'
import { symbol } from '../../main/common/dims.ts'
import type { ModelDocument } from '../../main/common/document.ts'
import { disconnect, moveNodes, setParameter } from '../../main/common/edit.ts'
import type { Field } from '../../main/common/layer.ts'
import { layerOf, layers } from '../../main/common/layers/catalogue.ts'
import { analyse, classData } from '../../main/common/shapes.ts'
import { templates } from '../../main/common/templates.ts'
import { describeCost, describeWire, shapeArithmetic, shapeParts } from './describe.ts'
import { toFlow, type Flow } from './flow.ts'
import { formatParameter, parseParameter, stepParameter, type TypedField } from './parameters.ts'
import { nodeHeight, portHeight } from './ports.ts'
import { findNodes, grouped, searchLayers } from './search.ts'

const digits = classData([1, 28, 28], 10)
const model = (): ModelDocument => templates()[0]?.document as ModelDocument
const nothing: Flow = { nodes: [], edges: [] }

describe('toFlow', () => {
  const before = toFlow(model(), analyse(model(), digits), nothing)

  it('puts shapes on the wires and what matters on the nodes', () => {
    expect(before.edges.map((edge) => edge.data?.view.label)).toEqual([
      'B x 1 x 28 x 28',
      'B x 784',
      'B x 256',
      'B x 256',
      'B x 10',
    ])
    expect(before.nodes[2]).toMatchObject({
      ariaLabel: 'Linear, 256 outputs',
      data: { view: { title: 'Linear', parameters: 200960, problem: null } },
    })
  })

  it('keeps the identity of what did not change', () => {
    const changed = moveNodes(
      setParameter(model(), 'logits', 'bias', false),
      new Map([['relu', { x: 1, y: 1 }]]),
    )
    const after = toFlow(changed, analyse(changed, digits), before)
    const same = after.nodes.filter((node, i) => node === before.nodes[i]).map((node) => node.id)
    expect(same).toEqual(['input', 'flatten', 'hidden', 'output'])
    expect(after.edges).toBe(before.edges)
  })

  it('keeps what the canvas knows of a node: its size and that it is selected', () => {
    const known = {
      ...before,
      nodes: before.nodes.map((node) => ({ ...node, selected: true, measured: { width: 1, height: 2 } })),
    }
    const changed = setParameter(model(), 'hidden', 'outFeatures', 3)
    expect(toFlow(changed, analyse(changed, digits), known).nodes[2]).toMatchObject({
      selected: true,
      measured: { width: 1, height: 2 },
    })
  })

  it('says on the node what is wrong with both shapes, and on the wire what it waits for', () => {
    const wrong = setParameter(model(), 'hidden', 'inFeatures', 100)
    const flow = toFlow(wrong, analyse(wrong, digits), before)
    expect(flow.nodes[2]?.data.view.problem).toMatchObject({
      message: 'Expects B x 100, gets B x 784.',
      incomplete: false,
    })
    expect(flow.edges[2]?.data?.view).toMatchObject({ label: 'waits for Linear', tone: 'waiting' })
    expect(flow.edges[4]?.ariaLabel).toBe('Wire from Linear 2 to Output, waits for Linear')
  })

  it('draws a document with a kind of layer that is not known here', () => {
    const strange = {
      ...model(),
      nodes: model().nodes.map((node) => (node.id === 'relu' ? { ...node, kind: 'magic' } : node)),
    }
    expect(toFlow(strange, analyse(strange, digits), nothing).nodes[3]?.data.view).toMatchObject({
      title: 'magic',
    })
  })
})

describe('words', () => {
  it('show the arithmetic of a flattened shape and of weights', () => {
    const { nodes } = analyse(model(), digits)
    const of = (id: string): NonNullable<ReturnType<typeof nodes.get>> => {
      const node = nodes.get(id)
      if (!node) throw new Error(id)
      return node
    }
    expect(shapeArithmetic(of('flatten'))).toBe('1·28·28 = 784')
    expect(shapeArithmetic(of('hidden'))).toBeNull()
    expect(describeCost(of('hidden'))).toEqual({
      weights: '256·784 + 256 = 200,960 weights',
      flops: '401 kFLOP',
      saved: '3.14 kB',
    })
    expect(describeCost(of('flatten'))).toMatchObject({
      weights: null,
      flops: 'no arithmetic',
      saved: 'nothing',
    })
  })

  it('mark a wire whose sizes vary', () => {
    const analysis = analyse(model(), classData([3, symbol('H'), symbol('W')], 10))
    const [first, second] = model().wires
    if (!first || !second) throw new Error('the template has no wires')
    expect(describeWire(first, analysis)).toMatchObject({ label: 'B x 3 x H x W', tone: 'symbolic' })
    expect(describeWire(second, analysis)).toMatchObject({ label: 'B x 3·H·W', tone: 'symbolic' })
    expect(describeWire(second, analysis).detail).toBe('Flatten to Linear')
    expect(describeWire(first, analyse(model(), digits)).tone).toBe('known')
  })

  it('set shapes in a sentence apart', () => {
    const shapes = (text: string): string[] =>
      shapeParts(text).flatMap((part) => (part.shape ? [part.text] : []))
    expect(shapes('Expects B x 100, gets B x 784.')).toEqual(['B x 100', 'B x 784'])
    expect(shapes('Gets B x 32 x ⌊(H-1)/2⌋ x W, which varies.')).toEqual(['B x 32 x ⌊(H-1)/2⌋ x W'])
    expect(shapes('Has nothing connected to its input.')).toEqual([])
    expect(
      shapeParts('Expects B x 100, gets B x 784.')
        .map((part) => part.text)
        .join(''),
    ).toBe('Expects B x 100, gets B x 784.')
  })

  it('tell a loose input from a fault', () => {
    const loose = disconnect(model(), ['relu-logits'])
    const flow = toFlow(loose, analyse(loose, digits), nothing)
    expect(flow.nodes[4]?.data.view.problem?.incomplete).toBe(true)
    expect(flow.nodes[4]?.ariaLabel).toBe('Linear 2, 10 outputs, not complete')
    expect(flow.edges[3]?.data?.view).toEqual({
      label: 'waits for Linear 2',
      tone: 'loose',
      detail: 'Linear 2 to Output: known once Linear 2 is complete',
    })
  })
})

describe('typing a parameter', () => {
  const field = (kind: string, key: string): TypedField => {
    const found = layerOf(kind)?.fields.find((candidate: Field) => candidate.key === key)
    if (!found || found.type === 'boolean' || found.type === 'choice') throw new Error(key)
    return found
  }
  const outputs = field('linear', 'outFeatures')
  const inputs = field('linear', 'inFeatures')
  const probability = field('dropout', 'p')
  const shape = field('input', 'shape')

  it.each([
    [outputs, ' 256 ', 256],
    [outputs, '', ''],
    [outputs, '2.5', 2.5],
    [outputs, '12a', '12a'],
    [outputs, '0x10', '0x10'],
    [outputs, '1e999', '1e999'],
    [outputs, 'Infinity', 'Infinity'],
    [inputs, '', null],
    [probability, '.25', 0.25],
    [probability, '1e-1', 0.1],
    [shape, '', null],
    [shape, '1 x 28 x 28', [1, 28, 28]],
    [shape, '1×28×28', [1, 28, 28]],
    [shape, '3, 32,32', [3, 32, 32]],
    [shape, '784', [784]],
    [shape, '1 x', '1 x'],
    [shape, 'big', 'big'],
  ])('%#: %s', (of, text, value) => {
    expect(parseParameter(of, text)).toEqual(value)
  })

  it('reads back what it shows', () => {
    for (const value of [[1, 28, 28], null])
      expect(parseParameter(shape, formatParameter(value))).toEqual(value)
    for (const value of [256, '12a', ''])
      expect(parseParameter(outputs, formatParameter(value))).toEqual(value)
  })

  it('steps by arrow keys inside the range, without the dust of binary fractions', () => {
    expect(stepParameter(outputs, 1, -1, false)).toBe(1)
    expect(stepParameter(outputs, 100, 1, true)).toBe(110)
    expect(stepParameter(probability, 0.15, 1, false)).toBe(0.2)
    expect(stepParameter(probability, 0.9, 1, true)).toBe(0.95)
    expect(stepParameter(outputs, '12a', 1, false)).toBe('12a')
    expect(stepParameter(inputs, null, 1, false)).toBeNull()
  })
})

describe('searchLayers', () => {
  const found = (query: string): string[] => searchLayers(layers, query).map((layer) => layer.kind)

  it('finds by title, by other names and by group, the best first', () => {
    expect(found('re')[0]).toBe('relu')
    expect(found('dense')).toEqual(['linear'])
    expect(found('FC')).toEqual(['linear'])
    expect(found('regularise')).toEqual(['dropout'])
    expect(found('put')).toEqual(['input', 'output'])
    expect(found('zzz')).toEqual([])
    expect(found(' ')).toHaveLength(layers.length)
  })

  it('does not mind spaces, hyphens and capitals', () => {
    expect(found('re lu')[0]).toBe('relu')
    expect(found('fully-connected')).toEqual(found('Fully Connected'))
  })

  it('groups every layer once', () => {
    expect(grouped(layers).flatMap(([, group]) => group)).toHaveLength(layers.length)
  })
})

describe('findNodes', () => {
  const found = (query: string): string[] => findNodes(analyse(model(), digits), query)

  it('finds nodes by title and kind, row by row', () => {
    expect(found('linear')).toEqual(['hidden', 'logits'])
    expect(found('Linear 2')).toEqual(['logits'])
    expect(found('put')).toEqual(['input', 'output'])
    expect(found('')).toEqual([])
  })
})

describe('ports', () => {
  it('stand beside the head alone, and below it, each beside its name, where there are several', () => {
    expect(portHeight(['input'], 0)).toBe(28)
    expect(nodeHeight(['input'], ['output'])).toBe(56)
    const many = ['query', 'key', 'value']
    const heights = many.map((_, i) => portHeight(many, i))
    expect(heights[0]).toBeGreaterThan(56)
    expect(heights.at(-1)).toBeLessThan(nodeHeight(many, ['output']) - 8)
    expect(nodeHeight(['input'], many)).toBe(nodeHeight(many, ['output']))
  })
})
