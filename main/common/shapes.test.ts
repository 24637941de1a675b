import { totalCost, trainingMemory } from './cost.ts'
import { describe, expect, it } from 'vitest'
import { formatShape, symbol } from './dims.ts'
import type { ModelDocument } from './document.ts'
import { addAfter, addNode, disconnect, removeNodes, rename, setParameter } from './edit.ts'
import { analyse, sampleSize, titles, unknownData, type Analysis, classData } from './shapes.ts'
import { chain, templates } from './templates.ts'

const digits = classData([1, 28, 28], 10)
const model = (): ModelDocument => templates()[0]?.document as ModelDocument
const wireShapes = (analysis: Analysis): Record<string, string> =>
  Object.fromEntries([...analysis.wires].map(([id, shape]) => [id, formatShape(shape)]))
const messages = (analysis: Analysis): string[] => analysis.problems.map((problem) => problem.message)

describe('analyse', () => {
  it('puts a shape on every wire of the 784-256-10 network', () => {
    const analysis = analyse(model(), digits)
    expect(analysis.problems).toEqual([])
    expect(wireShapes(analysis)).toEqual({
      'input-flatten': 'B x 1 x 28 x 28',
      'flatten-hidden': 'B x 784',
      'hidden-relu': 'B x 256',
      'relu-logits': 'B x 256',
      'logits-output': 'B x 10',
    })
    expect(analysis.order).toEqual(['input', 'flatten', 'hidden', 'relu', 'logits', 'output'])
  })

  it('counts weights, work and memory', () => {
    const analysis = analyse(model(), digits)
    expect(analysis.parameters).toBe(784 * 256 + 256 + 256 * 10 + 10)
    // Two operations per multiply-add, one per ReLU value, five per class in the loss.
    const cost = totalCost(analysis, digits)
    expect(cost.flops).toBe(2 * 784 * 256 + 256 + 2 * 256 * 10 + 5 * 10)
    // The inputs of both Linear layers (the second one is ReLU's result, kept once) and the softmax, four bytes each.
    expect(cost.savedBytes).toBe(4 * (784 + 256 + 10))
  })

  it('names both shapes where sizes disagree, and what waits behind', () => {
    const wrong = setParameter(model(), 'hidden', 'inFeatures', 100)
    const analysis = analyse(wrong, digits)
    expect(messages(analysis)).toEqual(['Linear expects B x 100, gets B x 784.'])
    expect(analysis.nodes.get('relu')?.waitsFor).toBe('Linear')
    expect(analysis.nodes.get('output')?.waitsFor).toBe('Linear')
    expect(wireShapes(analysis)).toEqual({ 'input-flatten': 'B x 1 x 28 x 28', 'flatten-hidden': 'B x 784' })
  })

  it('asks for the number of classes at the layer that decides it', () => {
    const wrong = setParameter(model(), 'logits', 'outFeatures', 9)
    const [problem] = analyse(wrong, digits).problems
    expect(problem?.message).toBe('Output expects B x 10 (the data has 10 classes), gets B x 9.')
    expect(problem?.mends).toEqual([
      {
        kind: 'set-parameter',
        title: 'Set Linear 2 to 10',
        node: 'logits',
        key: 'outFeatures',
        value: 10,
      },
    ])
  })

  it('finds the deciding layer through layers that keep the width, and no further', () => {
    const through = chain('m', [
      ['input', 'input', { shape: [5] }],
      ['linear', 'linear', { outFeatures: 7 }],
      ['relu', 'relu'],
      ['dropout', 'dropout'],
      ['output', 'output'],
    ])
    expect(analyse(through, classData(null, 3)).problems[0]?.mends[0]).toMatchObject({
      node: 'linear',
    })
    const flattened = chain('m', [
      ['input', 'input', { shape: [4, 5] }],
      ['linear', 'linear', { outFeatures: 7 }],
      ['flatten', 'flatten'],
      ['output', 'output'],
    ])
    expect(analyse(flattened, classData(null, 3)).problems[0]?.mends[0]).toMatchObject({
      kind: 'insert-before',
      layer: 'linear',
      parameters: { outFeatures: 3 },
    })
  })

  it('leaves out of the cost what leads nowhere', () => {
    const document = model()
    const loose = { id: 'loose', kind: 'linear', name: '', parameters: {}, position: { x: 0, y: 0 } }
    const wire = { id: 'w', from: { node: 'flatten', port: 'output' }, to: { node: 'loose', port: 'input' } }
    const grown = { ...document, nodes: [...document.nodes, loose], wires: [...document.wires, wire] }
    const cost = (of: ModelDocument) => totalCost(analyse(of, digits), digits)
    expect(cost(grown)).toEqual(cost(document))
  })

  it('works out the memory of a step of a long model at once', () => {
    const layers = Array.from({ length: 4000 }, (_, i) => [`r${i}`, 'tanh'] as const)
    const long = analyse(
      chain('long', [['input', 'input'], ...layers, ['output', 'output']]),
      classData([10], 10),
    )
    const config = { optimizer: 'sgd', momentum: 0, batchSize: 1 } as const
    const started = performance.now()
    // Each result is kept for backward: 40 bytes in a block of 64.
    expect(trainingMemory(long, config, {})).toBeGreaterThan(4000 * 64)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('carries symbols as far as they go', () => {
    const anySize = classData([3, symbol('H'), symbol('W')], 2)
    const analysis = analyse(model(), anySize)
    expect(wireShapes(analysis)).toEqual({
      'input-flatten': 'B x 3 x H x W',
      'flatten-hidden': 'B x 3·H·W',
    })
    expect(messages(analysis)).toEqual([
      'Linear joins the last axis and needs its size fixed, gets B x 3·H·W.',
    ])
    expect(totalCost(analysis, anySize).flops).toBeNull()
  })

  it('names a wrong parameter in one sentence and offers its default', () => {
    const wrong = setParameter(model(), 'hidden', 'outFeatures', '64x')
    const [problem] = analyse(wrong, digits).problems
    expect(problem?.message).toBe(
      'Linear has a wrong setting: Outputs is 64x; it must be a whole number from 1 to 65536.',
    )
    expect(problem?.mends[0]).toMatchObject({ title: 'Set Outputs to 128', value: 128 })
    const width = setParameter(model(), 'hidden', 'inFeatures', 0)
    expect(analyse(width, digits).problems[0]?.mends[0]?.title).toBe('Leave Inputs empty')
  })

  it('marks what is only missing apart from what is wrong', () => {
    const loose = disconnect(model(), ['hidden-relu'])
    const relu = analyse(loose, digits).nodes.get('relu')
    expect(relu?.error).toMatchObject({ message: 'has nothing connected to its input', incomplete: true })
    expect(analyse(model(), unknownData).nodes.get('input')?.error?.incomplete).toBe(true)
    const wrong = setParameter(model(), 'hidden', 'inFeatures', 100)
    expect(analyse(wrong, digits).nodes.get('hidden')?.error?.incomplete).toBeUndefined()
  })

  it('says what a document lacks as a whole', () => {
    const empty = { ...model(), nodes: [], wires: [] }
    expect(messages(analyse(empty))).toEqual([
      'The canvas is empty: drag an Input here, or start from a template.',
    ])
    expect(messages(analyse(removeNodes(model(), ['input', 'output']), digits))).toEqual([
      'There is no Input: data has nowhere to enter.',
      'There is no Output: nothing to train towards.',
      'Flatten has nothing connected to its input.',
    ])
    const twice = addNode(addNode(model(), 'input', { x: 0, y: 0 }).document, 'output', {
      x: 0,
      y: 0,
    }).document
    expect(messages(analyse(twice, digits))).toContain('There are 2 Inputs; a data set feeds one.')
    expect(messages(analyse(twice, digits))).toContain('There are 2 Outputs; training needs one.')
    const named = rename(rename(model(), 'relu', 'gate'), 'hidden', 'gate')
    expect(messages(analyse(named, digits))).toEqual(['Two layers are named "gate"; names must differ.'])
  })

  it('does not trust a document from elsewhere', () => {
    const [first, ...rest] = model().wires
    if (!first) throw new Error('the template has no wires')
    const loop = {
      ...model(),
      wires: [
        { ...first, from: { node: 'relu', port: 'output' }, to: { node: 'flatten', port: 'input' } },
        ...rest,
      ],
    }
    const looped = analyse(loop, digits)
    expect(messages(looped)).toEqual([
      'Flatten is part of a loop, and data flows one way: Flatten → Linear → ReLU → Flatten.',
    ])
    expect(looped.nodes.get('relu')?.error?.message).toMatch(/^is part of a loop/)
    expect(looped.nodes.get('logits')?.waitsFor).toBe('ReLU')
    const ghost = { ...model(), wires: [{ ...first, from: { node: 'ghost', port: 'output' } }, ...rest] }
    expect(messages(analyse(ghost, digits))).toEqual([
      'Flatten is wired to a layer ghost, which is not there; remove the wire.',
    ])
    const port = { ...model(), wires: [{ ...first, from: { node: 'input', port: 'second' } }, ...rest] }
    expect(messages(analyse(port, digits))).toEqual([
      "Flatten is wired to Input's second, which is not there; remove the wire.",
    ])
    const doubled = { ...model(), wires: [...model().wires, { ...first, id: 'again' }] }
    expect(messages(analyse(doubled, digits))).toEqual(['Flatten has 2 wires on its input; it takes one.'])
    const unknown = {
      ...model(),
      nodes: model().nodes.map((node) => (node.id === 'relu' ? { ...node, kind: 'magic' } : node)),
    }
    expect(messages(analyse(unknown, digits))).toEqual([
      'magic is of a kind this Tapedeck does not know: magic.',
    ])
  })

  it('takes well under a frame for 200 layers', () => {
    let { document, id } = addNode(model(), 'input', { x: 0, y: 0 }, { shape: [64] })
    for (let i = 0; i < 200; i++) ({ document, id } = addAfter(document, id, i % 2 ? 'relu' : 'linear'))
    analyse(document, digits)
    const start = performance.now()
    for (let i = 0; i < 10; i++) analyse(document, digits)
    // About 1 ms on a desktop; the limit leaves room for a busy machine.
    expect((performance.now() - start) / 10).toBeLessThan(15)
  })
})

describe('titles', () => {
  it('number layers of a kind from the second on, and keep given names', () => {
    expect(titles(model()).get('hidden')).toBe('Linear')
    expect(titles(model()).get('logits')).toBe('Linear 2')
    expect(titles(rename(model(), 'logits', 'head')).get('logits')).toBe('head')
  })
})

describe('sampleSize', () => {
  it('leaves the batch axis out', () => {
    expect(sampleSize([symbol('B'), 1, 28, 28])).toBe(784)
    expect(sampleSize([symbol('B'), symbol('T')])).toBeNull()
  })
})
