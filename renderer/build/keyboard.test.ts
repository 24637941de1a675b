import { beforeEach, describe, expect, it } from 'vitest'
import { documentToJson, emptyDocument } from '../../main/common/document.ts'
import { classData } from '../../main/common/shapes.ts'
import { useConnection } from '../state/connection.ts'
import { useNotices } from '../state/notices.ts'
import { addNext } from './actions.ts'
import { select, useCanvas } from './canvas.ts'
import { fileName, openFile } from './files.ts'
import { useModel } from './store.ts'
import { neighbour } from './walk.ts'
import { wireTargets } from './WireBox.tsx'

const build = (...kinds: string[]): void => {
  useModel.getState().open(null, emptyDocument('Mine'))
  useCanvas.getState().setData(classData([3, 8, 8], 10))
  select([])
  for (const kind of kinds) addNext(kind)
}

describe('arrow keys', () => {
  const place = (id: string, x: number, y: number) => ({ id, position: { x, y }, type: 'layer' as const })
  const drawing = {
    nodes: [place('a', 0, 0), place('b', 280, 0), place('c', 280, 136), place('d', 0, 136)],
    edges: [
      { source: 'a', target: 'c' },
      { source: 'b', target: 'd' },
    ],
  }

  it('follow wires to the right and left, wherever they lead', () => {
    expect(neighbour('a', 'right', drawing)).toBe('c')
    expect(neighbour('c', 'left', drawing)).toBe('a')
    expect(neighbour('b', 'right', drawing)).toBe('d')
  })

  it('go to what stands nearest where no wire leads on, and stay where nothing is', () => {
    expect(neighbour('d', 'right', drawing)).toBe('c')
    expect(neighbour('a', 'down', drawing)).toBe('d')
    expect(neighbour('c', 'up', drawing)).toBe('b')
    expect(neighbour('a', 'up', drawing)).toBeNull()
  })

  it('skip what is folded away, and begin at the first layer', () => {
    const folded = {
      ...drawing,
      nodes: drawing.nodes.map((n) => (n.id === 'c' ? { ...n, hidden: true } : n)),
    }
    expect(neighbour('a', 'right', folded)).toBe('b')
    expect(neighbour('', 'right', drawing)).toBe('a')
  })
})

describe('wiring with the keyboard', () => {
  it('offers the inputs that may be fed, those without a wire first, and none that would close a loop', () => {
    build('input', 'relu', 'add', 'flatten')
    const offered = wireTargets('input', useCanvas.getState().analysis)
    expect(offered.map(({ title, note }) => [title, note])).toEqual([
      ['Add: b', ''],
      ['ReLU', 'now Input'],
      ['Add: a', 'now ReLU'],
      ['Flatten', 'now Add'],
    ])
    expect(wireTargets('flatten', useCanvas.getState().analysis)).toEqual([])
  })
})

describe('files', () => {
  const file = (name: string, text: string, size = text.length) => ({
    name,
    size,
    text: () => Promise.resolve(text),
  })

  beforeEach(() => {
    useNotices.setState({ notices: [] })
    useConnection.setState({ status: 'open' })
  })

  it('are named after the model', () => {
    expect(fileName('Digits MLP')).toBe('digits-mlp.json')
    expect(fileName(' ../昆虫, any size! ')).toBe('昆虫-any-size.json')
    expect(fileName('???')).toBe('model.json')
  })

  it('open as another model, with a history of its own', async () => {
    build('input', 'flatten', 'output')
    const { document, session } = useModel.getState()
    useModel.getState().open('other', emptyDocument('Other'))
    await openFile(file('mine.json', documentToJson(document)))
    expect(useModel.getState().document).toEqual(document)
    expect(useModel.getState().id).toBeNull()
    expect(useModel.getState().session).toBeGreaterThan(session)
    expect(useModel.temporal.getState().pastStates).toEqual([])
    expect(useNotices.getState().notices.map(({ what }) => what)).toEqual(['Opened Mine.'])
  })

  it.each([
    ['notes.json', 'hello', 'not JSON'],
    ['package.json', '{"name": "x"}', 'not a Tapedeck model'],
    ['newer.json', '{"format": "tapedeck-model", "version": 99}', 'newer'],
  ])('%s is refused with what and mend, and the model stays', async (name, text, why) => {
    build('input')
    const { document } = useModel.getState()
    await openFile(file(name, text))
    expect(useModel.getState().document).toBe(document)
    const [notice] = useNotices.getState().notices
    expect(notice).toMatchObject({ tone: 'bad' })
    expect(notice?.what).toContain(why)
    expect(notice?.mend).not.toBe('')
  })

  it('that are far too large are not read', async () => {
    let read = false
    await openFile({ name: 'big.json', size: 5e9, text: () => ((read = true), Promise.resolve('')) })
    expect(read).toBe(false)
    expect(useNotices.getState().notices[0]?.what).toContain('5 GB')
  })
})
