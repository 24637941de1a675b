import { describe, expect, it } from 'vitest'
import { documentSchema, type ModelDocument } from './document.ts'
import { rename } from './edit.ts'
import { copy, duplicate, paste, readFragment } from './fragment.ts'
import { templates } from './templates.ts'

const model = (): ModelDocument => templates()[0]?.document as ModelDocument

describe('copy and paste', () => {
  it('takes the wires among the nodes and no others', () => {
    expect(copy(model(), ['hidden', 'relu', 'output'])?.wires.map((wire) => wire.id)).toEqual(['hidden-relu'])
    expect(copy(model(), ['nobody'])).toBeNull()
  })

  it('adds them under new ids with their own wires, parameters and arrangement', () => {
    const fragment = copy(model(), ['hidden', 'relu'])
    if (!fragment) throw new Error('nothing was copied')
    const { document, ids } = paste(model(), fragment, { x: 10, y: 20 })
    documentSchema.parse(document)
    expect(ids).toEqual(['linear', 'relu-2'])
    expect(document.wires.at(-1)).toMatchObject({ from: { node: 'linear' }, to: { node: 'relu-2' } })
    const [before, after] = ['hidden', 'linear'].map((id) => document.nodes.find((node) => node.id === id))
    expect(after?.parameters).toEqual(before?.parameters)
    expect(after?.position).toEqual({
      x: (before?.position.x ?? 0) + 10,
      y: (before?.position.y ?? 0) + 20,
    })
  })

  it('numbers a name that is taken', () => {
    let document = rename(model(), 'relu', 'gate')
    document = duplicate(document, ['relu']).document
    document = duplicate(document, ['relu']).document
    expect(document.nodes.map((node) => node.name).filter(Boolean)).toEqual(['gate', 'gate 2', 'gate 3'])
  })

  it('reads back what it wrote, and nothing else', () => {
    const fragment = copy(model(), ['relu'])
    expect(readFragment(JSON.stringify(fragment))).toEqual(fragment)
    for (const text of [
      '',
      'tapedeck-fragment',
      '{"format":"tapedeck-fragment","nodes":[]}',
      '{"a":1}',
      'null',
    ])
      expect(readFragment(text)).toBeNull()
  })
})
