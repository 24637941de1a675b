import { beforeEach, describe, expect, it } from 'vitest'
import { groupNodes, setCollapsed, setRepeat } from '../../main/common/blocks.ts'
import type { ModelDocument } from '../../main/common/document.ts'
import { addNode, connect, setBypass } from '../../main/common/edit.ts'
import { analyse, classData } from '../../main/common/shapes.ts'
import { templates } from '../../main/common/templates.ts'
import { addAt, alignSelected, duplicateSelected, portsBehind, removeSelected, wire } from './actions.ts'
import {
  bypassSelected,
  foldSelected,
  groupSelected,
  joinDragged,
  nameBlock,
  repeatBlock,
  uncover,
  ungroupSelected,
} from './blockActions.ts'
import { boxPorts, drawnBlocks, framePadding } from './blockView.ts'
import { chosen, notify, select, selectBlock, useCanvas } from './canvas.ts'
import { toFlow } from './flow.ts'
import { blockId } from './flowBlocks.ts'
import type { CanvasNode } from './flowTypes.ts'
import { endGesture, undo, useModel } from './store.ts'

const digits = classData([1, 28, 28], 10)
const model = (): ModelDocument => {
  const found = templates().find(({ id }) => id === 'digits-mlp')
  if (!found) throw new Error('there is no digits-mlp')
  return found.document
}
const document = (): ModelDocument => useModel.getState().document
const canvas = (): ReturnType<typeof useCanvas.getState> => useCanvas.getState()
const stepsBack = (): number => useModel.temporal.getState().pastStates.length
const drawn = (id: string): CanvasNode => {
  const node = canvas().nodes.find((candidate) => candidate.id === id)
  if (!node) throw new Error(`${id} is not drawn`)
  return node
}
const position = (id: string): { x: number; y: number } => drawn(id).position
const drag = (id: string, x: number, y: number, dragging: boolean): void =>
  canvas().changeNodes([{ type: 'position', id, position: { x, y }, dragging }])
const group = (...ids: string[]): string => {
  select(ids)
  groupSelected()
  const block = canvas().selectedBlocks[0]
  if (block === undefined) throw new Error('nothing was grouped')
  nameBlock(block, 'Hidden')
  return block
}

beforeEach(() => {
  useModel.getState().open(null, model())
  canvas().setData(digits)
  select([])
  notify(null)
})

describe('frames', () => {
  it('stand around their layers, inner ones inside outer ones, folded ones in the middle of their place', () => {
    const place = (x: number) => ({ x, y: 0, width: 160, height: 56 })
    const rectangles = new Map(['a', 'b', 'c'].map((id, i) => [id, place(i * 240)]))
    const block = (id: string, nodes: string[], parent: string | null, collapsed = false) => ({
      id,
      name: id,
      nodes,
      parent,
      repeat: 1,
      collapsed,
    })
    const { side, top, bottom } = framePadding
    const open = drawnBlocks(
      { blocks: [block('inner', ['b'], 'outer'), block('outer', ['a', 'c'], null)] },
      rectangles,
      () => 56,
    )
    expect(open.map((one) => [one.block.id, one.depth, one.rectangle])).toEqual([
      ['outer', 0, { x: -side, y: -2 * top, width: 640 + 2 * side, height: 56 + 2 * top + 2 * bottom }],
      ['inner', 1, { x: 240 - side, y: -top, width: 160 + 2 * side, height: 56 + top + bottom }],
    ])
    const folded = drawnBlocks(
      { blocks: [block('inner', ['b'], 'outer'), block('outer', ['a', 'c'], null, true)] },
      rectangles,
      () => 56,
    )
    expect(folded.map((one) => [one.block.id, one.rectangle])).toEqual([
      // Around a, c and the frame of b, which reaches further up than down.
      ['outer', { x: 240, y: -8, width: 160, height: 56 }],
    ])
  })

  it('are drawn right before their first layer, and follow it while it is dragged', () => {
    const id = group('hidden', 'relu')
    const ids = canvas().nodes.map((node) => node.id)
    expect(ids.indexOf(blockId(id))).toBe(ids.indexOf('hidden') - 1)
    const before = position(blockId(id))
    const { x, y } = position('relu')
    drag('relu', x - 80, y, true)
    expect(position(blockId(id)).x).toBe(before.x - 80)
    expect(document().nodes.find((node) => node.id === 'relu')?.position.x).toBe(x)
  })

  it('take their layers along, as one step', () => {
    const id = group('hidden', 'relu')
    const steps = stepsBack()
    const before = ['hidden', 'relu'].map(position)
    const { x, y } = position(blockId(id))
    drag(blockId(id), x + 40, y + 8, true)
    drag(blockId(id), x + 80, y + 16, true)
    drag(blockId(id), x + 80, y + 16, false)
    expect(position(blockId(id))).toEqual({ x: x + 80, y: y + 16 })
    const moved = before.map((at) => ({ x: at.x + 80, y: at.y + 16 }))
    expect(['hidden', 'relu'].map(position)).toEqual(moved)
    expect(
      document()
        .nodes.filter(({ id }) => ['hidden', 'relu'].includes(id))
        .map((n) => n.position),
    ).toEqual(moved)
    expect(stepsBack()).toBe(steps + 1)
    expect(position('flatten')).toEqual(model().nodes[1]?.position)
  })

  it('take in what is added or dropped inside them', () => {
    const id = group('hidden', 'relu')
    const frame = drawn(blockId(id))
    const middle = {
      x: frame.position.x + (frame.width ?? 0) / 2,
      y: frame.position.y + (frame.height ?? 0) / 2,
    }
    addAt('tanh', middle)
    expect(document().blocks[0]?.nodes).toContain('tanh')
    addAt('sigmoid', { x: 0, y: 2000 })
    expect(document().blocks[0]?.nodes).not.toContain('sigmoid')
    drag('sigmoid', middle.x - 80, middle.y - 28, true)
    drag('sigmoid', middle.x - 80, middle.y - 28, false)
    const steps = stepsBack()
    joinDragged('sigmoid')
    endGesture()
    expect(document().blocks[0]?.nodes).toContain('sigmoid')
    expect(stepsBack()).toBe(steps)
  })
})

describe('blocks', () => {
  it('are grouped and named in one step, and taken apart in one', () => {
    const id = group('hidden', 'relu')
    expect(stepsBack()).toBe(1)
    expect(document().blocks[0]).toMatchObject({ id, name: 'Hidden', nodes: ['hidden', 'relu'] })
    expect(chosen().sort()).toEqual(['hidden', 'relu'])
    ungroupSelected()
    expect(document().blocks).toEqual([])
    expect(canvas().selectedNodes).toEqual(['hidden', 'relu'])
    expect(stepsBack()).toBe(2)
    undo()
    undo()
    expect(document()).toEqual(model())
  })

  it('repeat: typing a count is one step, and the weights follow', () => {
    const id = group('relu')
    const steps = stepsBack()
    repeatBlock(id, 1)
    repeatBlock(id, 12)
    endGesture()
    expect(stepsBack()).toBe(steps + 1)
    expect(drawn(blockId(id)).data.view).toMatchObject({ repeat: 12, problem: null })
    select(['logits'])
    groupSelected()
    const logits = canvas().selectedBlocks[0] ?? ''
    repeatBlock(logits, 2)
    expect(drawn(blockId(logits)).data.view).toMatchObject({ weights: 2570 + 110, problem: null })
  })

  it('say on their frame why they cannot be repeated', () => {
    const id = group('output')
    repeatBlock(id, 3)
    const view = drawn(blockId(id)).data.view
    expect('problem' in view && view.problem?.message).toMatch(/cannot be repeated/)
  })

  it('fold to one box with the ports that cross its border, and open for what is looked for inside', () => {
    group('hidden', 'relu')
    foldSelected()
    const block = document().blocks[0]?.id ?? ''
    expect(drawn(blockId(block))).toMatchObject({ type: 'box', data: { view: { summary: '2 layers' } } })
    expect(drawn('hidden').hidden).toBe(true)
    const shown = canvas().edges.map(({ source, target }) => `${source}>${target}`)
    expect(shown).toEqual([
      'input>flatten',
      `flatten>${blockId(block)}`,
      `${blockId(block)}>logits`,
      'logits>output',
    ])
    const [into] = canvas().edges.filter(({ target }) => target === blockId(block))
    expect(portsBehind(blockId(block), into?.targetHandle ?? '')).toEqual([{ node: 'hidden', port: 'input' }])
    wire([{ node: 'input', port: 'output' }], portsBehind(blockId(block), into?.targetHandle ?? ''))
    expect(document().wires.some(({ from, to }) => from.node === 'input' && to.node === 'hidden')).toBe(true)
    uncover('relu')
    expect(document().blocks[0]?.collapsed).toBe(false)
    expect(drawn('hidden').hidden).toBe(false)
  })

  it('are deleted and duplicated whole', () => {
    const id = group('hidden', 'relu')
    duplicateSelected()
    expect(document().blocks.map(({ name }) => name)).toHaveLength(2)
    const [copy] = canvas().selectedBlocks
    expect(copy).not.toBe(id)
    selectBlock(id)
    removeSelected()
    expect(document().nodes.some((node) => node.id === 'hidden')).toBe(false)
    expect(document().blocks.map((block) => block.id)).toEqual([copy])
  })

  it('show one input for all ports that one output feeds, and inputs that have no wire', () => {
    let now = addNode(model(), 'relu', { x: 0, y: 0 }).document
    const both = connect(now, { node: 'flatten', port: 'output' }, { node: 'relu-2', port: 'input' })
    if ('refused' in both) throw new Error(both.refused)
    now = addNode(both.document, 'tanh', { x: 0, y: 0 }).document
    const ports = boxPorts(now, new Set(['hidden', 'relu-2', 'tanh']))
    expect(ports.inputs.map(({ ends }) => ends.map(({ node }) => node))).toEqual([
      ['hidden', 'relu-2'],
      ['tanh'],
    ])
    expect(ports.outputs.map(({ node }) => node)).toEqual(['hidden'])
  })

  it('draw one wire for several that look the same from outside', () => {
    const both = connect(
      addNode(model(), 'relu', { x: 0, y: 0 }).document,
      { node: 'flatten', port: 'output' },
      { node: 'relu-2', port: 'input' },
    )
    if ('refused' in both) throw new Error(both.refused)
    const grouped = groupNodes(both.document, ['hidden', 'relu-2'])
    if ('refused' in grouped) throw new Error(grouped.refused)
    const folded = setCollapsed(setRepeat(grouped.document, grouped.id, 1), grouped.id, true)
    const { edges } = toFlow(folded, analyse(folded, digits), { nodes: [], edges: [] })
    expect(edges.filter(({ target }) => target === blockId(grouped.id))).toHaveLength(1)
  })
})

describe('bypass', () => {
  it('dims a layer and the wire into it keeps its shape', () => {
    select(['relu'])
    bypassSelected()
    expect(drawn('relu').data.view).toMatchObject({ bypass: true, problem: null })
    expect(canvas().edges[2]?.data?.view.label).toBe('B x 256')
    expect(canvas().analysis.problems).toEqual([])
    bypassSelected()
    expect(document()).toEqual(model())
    expect(stepsBack()).toBe(2)
  })

  it('labels the wire between two bypassed layers', () => {
    const both = setBypass(model(), ['hidden', 'relu'], true)
    if ('refused' in both) throw new Error(both.refused)
    const { edges } = toFlow(both.document, analyse(both.document, digits), { nodes: [], edges: [] })
    expect(edges.map((edge) => edge.data?.view.label).slice(0, 4)).toEqual([
      'B x 1 x 28 x 28',
      'B x 784',
      'bypassed',
      'B x 784',
    ])
  })
})

describe('several layers', () => {
  it('are lined up as they are drawn, as one step', () => {
    select(['hidden', 'relu', 'logits'])
    alignSelected('left')
    expect(new Set(['hidden', 'relu', 'logits'].map((id) => position(id).x)).size).toBe(1)
    expect(stepsBack()).toBe(1)
  })
})
