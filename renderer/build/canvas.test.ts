import { classData } from '../../main/common/shapes.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { emptyDocument, type ModelDocument } from '../../main/common/document.ts'
import { layers } from '../../main/common/layers/catalogue.ts'
import { templates } from '../../main/common/templates.ts'
import {
  addAt,
  addNext,
  addWired,
  copiedText,
  duplicateSelected,
  mend,
  nudge,
  pasteText,
  removeSelected,
  spliceDragged,
  tidyUp,
  wire,
} from './actions.ts'
import { notify, select, selectWire, useCanvas } from './canvas.ts'
import { undo, useModel } from './store.ts'

const model = (): ModelDocument => templates()[0]?.document as ModelDocument
const document = (): ModelDocument => useModel.getState().document
const canvas = (): ReturnType<typeof useCanvas.getState> => useCanvas.getState()
const stepsBack = (): number => useModel.temporal.getState().pastStates.length
const wiring = (): string[] => document().wires.map(({ from, to }) => `${from.node}>${to.node}`)
const drag = (id: string, x: number, y: number, dragging: boolean): void =>
  canvas().changeNodes([{ type: 'position', id, position: { x, y }, dragging }])

beforeEach(() => {
  useModel.getState().open(null, model())
  canvas().setData(classData([1, 28, 28], 10))
  select([])
  notify(null)
})

describe('the canvas', () => {
  it('shows what the model is, at once and after undo', () => {
    expect(canvas().nodes.map((node) => node.id)).toEqual(document().nodes.map((node) => node.id))
    addAt('relu', { x: 0, y: 400 })
    expect(canvas().nodes).toHaveLength(7)
    undo()
    expect(canvas().nodes).toHaveLength(6)
    expect(canvas().selectedNodes).toEqual([])
  })

  it('tells the model of a drag once, when the pointer is let go', () => {
    const before = document()
    for (let x = 8; x <= 80; x += 8) drag('relu', x, 400, true)
    expect(document()).toBe(before)
    expect(canvas().nodes.find((node) => node.id === 'relu')?.position).toEqual({ x: 80, y: 400 })
    drag('relu', 80, 400, false)
    expect(stepsBack()).toBe(1)
    undo()
    expect(canvas().nodes.find((node) => node.id === 'relu')?.position).toEqual(before.nodes[3]?.position)
  })

  it('keeps two drags apart, and joins presses of the arrow keys', () => {
    for (const x of [100, 200]) {
      drag('relu', x, 400, true)
      drag('relu', x, 400, false)
    }
    expect(stepsBack()).toBe(2)
    select(['relu'])
    for (let i = 0; i < 5; i++) nudge(1, 0)
    expect(stepsBack()).toBe(3)
    expect(document().nodes.find((node) => node.id === 'relu')?.position).toEqual({ x: 240, y: 400 })
  })

  it('splices a loose node dropped on a wire in the same step as its drag', () => {
    addAt('tanh', { x: 0, y: 600 })
    const before = stepsBack()
    drag('tanh', 120, 0, true)
    drag('tanh', 120, 0, false)
    spliceDragged('input-flatten', 'tanh')
    expect(stepsBack()).toBe(before + 1)
    expect(wiring()).toEqual(expect.arrayContaining(['input>tanh', 'tanh>flatten']))
    drag('tanh', 0, 900, true)
    drag('tanh', 0, 900, false)
    expect(stepsBack()).toBe(before + 2)
  })

  it('follows the data', () => {
    canvas().setData(classData([1, 28, 28], 7))
    const [problem] = canvas().analysis.problems
    expect(problem?.message).toContain('B x 7')
    const [offered] = problem?.mends ?? []
    if (!offered) throw new Error('no mend is offered')
    mend(offered)
    expect(canvas().analysis.problems).toEqual([])
    expect(stepsBack()).toBe(1)
  })
})

describe('actions', () => {
  it('assemble a network from the palette alone, each layer behind the one before', () => {
    useModel.getState().open(null, emptyDocument())
    for (const kind of ['input', 'flatten', 'linear', 'relu', 'linear', 'output']) addNext(kind)
    expect(wiring()).toEqual([
      'input>flatten',
      'flatten>linear',
      'linear>relu',
      'relu>linear-2',
      'linear-2>output',
    ])
    expect(canvas().selectedNodes).toEqual(['output'])
  })

  it('drop any layer anywhere, on a wire where it can sit on one', () => {
    for (const { kind } of layers) {
      useModel.getState().open(null, model())
      addAt(kind, { x: 500, y: 500 }, 'flatten-hidden')
      expect(document().nodes).toHaveLength(7)
      const sits = kind !== 'input' && kind !== 'output'
      expect(document().wires).toHaveLength(sits ? 6 : 5)
      expect(canvas().notice).toBeNull()
    }
  })

  it('add a layer with the wire that was let go, from either end, as one step', () => {
    addWired('tanh', { x: 0, y: 500 }, { ports: [{ node: 'relu', port: 'output' }], type: 'source' })
    expect(wiring()).toContain('relu>tanh')
    addWired('sigmoid', { x: 0, y: 700 }, { ports: [{ node: 'output', port: 'input' }], type: 'target' })
    expect(wiring()).toContain('sigmoid>output')
    expect(wiring()).not.toContain('logits>output')
    expect(stepsBack()).toBe(2)
  })

  it('say why a wire was refused, and leave everything as it was', () => {
    wire([{ node: 'relu', port: 'output' }], [{ node: 'flatten', port: 'input' }])
    expect(canvas().notice).toContain('close a loop')
    expect(stepsBack()).toBe(0)
  })

  it('delete what is selected: a wire is cut, a node is healed over', () => {
    selectWire('relu-logits')
    removeSelected()
    expect(wiring()).not.toContain('relu>logits')
    undo()
    select(['relu'])
    removeSelected()
    expect(wiring()).toContain('hidden>logits')
    expect(canvas().selectedNodes).toEqual([])
  })

  it('heal over a node that a box selected together with its wires', () => {
    select(['relu'])
    canvas().changeEdges(['hidden-relu', 'relu-logits'].map((id) => ({ type: 'select', id, selected: true })))
    removeSelected()
    expect(wiring()).toContain('hidden>logits')
  })

  it('copy, paste and duplicate, each copy beside the one before and selected', () => {
    select(['hidden', 'relu'])
    const text = copiedText()
    if (text === null) throw new Error('nothing was copied')
    pasteText(text)
    expect(canvas().selectedNodes).toEqual(['linear', 'relu-2'])
    pasteText(text)
    const places = document().nodes.map(({ position }) => `${position.x},${position.y}`)
    expect(new Set(places).size).toBe(10)
    duplicateSelected()
    expect(document().nodes).toHaveLength(12)
    expect(stepsBack()).toBe(3)
    expect(pasteText('some other text')).toBe(false)
  })

  it('tidy is one step, and none when all is tidy', () => {
    drag('relu', 1000, 1000, true)
    drag('relu', 1000, 1000, false)
    tidyUp(3)
    expect(stepsBack()).toBe(2)
    tidyUp(3)
    expect(stepsBack()).toBe(2)
  })
})
