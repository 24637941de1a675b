import { describe, expect, it } from 'vitest'
import {
  blockOf,
  blocksOf,
  groupNodes,
  moveIntoBlock,
  renameBlock,
  setCollapsed,
  setRepeat,
  takeOutOfBlock,
  ungroup,
} from './blocks.ts'
import { documentSchema, type ModelDocument } from './document.ts'
import { addAfter, addNode, insertOnWire, removeNodes, splice } from './edit.ts'
import { copy, duplicate, paste } from './fragment.ts'
import { analyse, classData } from './shapes.ts'
import { chain } from './templates.ts'

const five = (): ModelDocument =>
  chain('Five', [
    ['input', 'input'],
    ['a', 'linear', { outFeatures: 8 }],
    ['b', 'relu'],
    ['c', 'linear', { outFeatures: 8 }],
    ['d', 'relu'],
    ['output', 'output'],
  ])
const done = (result: object): ModelDocument => {
  if (!('document' in result)) throw new Error(JSON.stringify(result))
  return documentSchema.parse(result.document)
}
/** Blocks as `name(own nodes) in parent`. */
const blocks = (document: ModelDocument): string[] =>
  documentSchema
    .parse(document)
    .blocks.map(({ id, nodes, parent }) => `${id}(${nodes.join(' ')})${parent ? ` in ${parent}` : ''}`)
const nested = (): ModelDocument => {
  const inner = groupNodes(five(), ['b', 'c'], 'Inner')
  return done(groupNodes(done(inner), ['a', 'b', 'c'], 'Outer'))
}

describe('grouping', () => {
  it('makes a block of the nodes, with an id to name it by', () => {
    const made = groupNodes(five(), ['c', 'b', 'nobody'], 'Residual')
    expect(blocks(done(made))).toEqual(['block(b c)'])
    expect(made).toMatchObject({ id: 'block' })
    expect(blockOf(done(made), 'b')?.name).toBe('Residual')
    expect(blockOf(done(made), 'a')).toBeNull()
  })

  it('keeps whole blocks as inner ones, whichever is made first', () => {
    expect(blocks(nested())).toEqual(['block(b c) in block-2', 'block-2(a)'])
    const outer = done(groupNodes(five(), ['a', 'b', 'c'], 'Outer'))
    expect(blocks(done(groupNodes(outer, ['b', 'c'], 'Inner')))).toEqual([
      'block(a)',
      'block-2(b c) in block',
    ])
  })

  it('refuses layers of different blocks, and an empty choice', () => {
    expect(groupNodes(nested(), ['a', 'b'])).toEqual({
      refused:
        'These layers do not lie in the same block (in Outer, in Inner); choose layers of one block, or whole blocks.',
    })
    expect(groupNodes(five(), ['nobody'])).toEqual({ refused: 'Choose the layers to group first.' })
  })

  it('lists blocks outer ones first, each with all it holds', () => {
    expect(
      blocksOf(nested()).map(({ block, depth, nodes }) => [block.name, depth, [...nodes].sort()]),
    ).toEqual([
      ['Outer', 0, ['a', 'b', 'c']],
      ['Inner', 1, ['b', 'c']],
    ])
  })

  it('is undone by ungroup, on either level', () => {
    expect(blocks(ungroup(nested(), 'block'))).toEqual(['block-2(a b c)'])
    expect(blocks(ungroup(nested(), 'block-2'))).toEqual(['block(b c)'])
  })
})

describe('settings of a block', () => {
  it('hold what a document may hold', () => {
    const document = done(groupNodes(five(), ['b']))
    const change = (repeat: number): number | undefined =>
      setRepeat(document, 'block', repeat).blocks[0]?.repeat
    expect([change(3), change(0), change(2.6), change(5000)]).toEqual([3, 1, 3, 1000])
    expect(renameBlock(document, 'block', 'x'.repeat(200)).blocks[0]?.name).toHaveLength(80)
    expect(setCollapsed(document, 'block', true).blocks[0]?.collapsed).toBe(true)
  })

  it('are the same document when nothing changes', () => {
    const document = done(groupNodes(five(), ['b'], 'B'))
    expect(setRepeat(document, 'block', 1)).toBe(document)
    expect(setRepeat(document, 'block', Number.NaN)).toBe(document)
    expect(renameBlock(document, 'block', 'B')).toBe(document)
    expect(setCollapsed(document, 'nothing', true)).toBe(document)
    expect(ungroup(document, 'nothing')).toBe(document)
  })
})

describe('moving in and out', () => {
  it('moves single nodes and whole blocks', () => {
    const two = done(groupNodes(done(groupNodes(five(), ['a', 'b'])), ['c', 'd']))
    expect(blocks(two)).toEqual(['block(a b)', 'block-2(c d)'])
    expect(blocks(done(moveIntoBlock(two, ['b'], 'block-2')))).toEqual(['block(a)', 'block-2(c d b)'])
    expect(blocks(done(moveIntoBlock(two, ['a', 'b'], 'block-2')))).toEqual([
      'block(a b) in block-2',
      'block-2(c d)',
    ])
    expect(moveIntoBlock(two, ['c'], 'block-2')).toEqual({ document: two })
    expect(moveIntoBlock(two, ['c'], 'ghost')).toEqual({ refused: 'That block is no longer there.' })
  })

  it('takes out one level at a time; a whole block in no other has nowhere to go', () => {
    expect(blocks(takeOutOfBlock(nested(), ['c']))).toEqual(['block(b) in block-2', 'block-2(a c)'])
    expect(blocks(takeOutOfBlock(nested(), ['b', 'c']))).toEqual(['block(b c)', 'block-2(a)'])
    const single = done(groupNodes(five(), ['b']))
    expect(takeOutOfBlock(single, ['b', 'a'])).toBe(single)
  })

  it('moves a choice that holds a part of the target and what is around it', () => {
    expect(blocks(done(moveIntoBlock(nested(), ['a', 'b', 'c'], 'block')))).toEqual([
      'block(b c a) in block-2',
      'block-2()',
    ])
  })
})

describe('edits keep blocks right', () => {
  it('removing empties inner blocks and keeps outer ones that still hold something', () => {
    expect(blocks(removeNodes(nested(), ['b', 'c']))).toEqual(['block-2(a)'])
    expect(blocks(removeNodes(nested(), ['a']))).toEqual(['block(b c) in block-2', 'block-2()'])
    expect(blocks(removeNodes(nested(), ['a', 'b', 'c']))).toEqual([])
  })

  it('a layer on a wire inside a block joins it; on a wire that crosses its edge it does not', () => {
    expect(blocks(done(insertOnWire(nested(), 'b-c', 'dropout')))).toEqual([
      'block(b c dropout) in block-2',
      'block-2(a)',
    ])
    expect(blocks(done(insertOnWire(nested(), 'a-b', 'dropout')))).toEqual([
      'block(b c) in block-2',
      'block-2(a dropout)',
    ])
    expect(blocks(done(insertOnWire(nested(), 'c-d', 'dropout')))).toEqual([
      'block(b c) in block-2',
      'block-2(a)',
    ])
  })

  it('a layer that is dragged onto a wire leaves its block for that of the wire', () => {
    const { document, id } = addNode(nested(), 'dropout', { x: 0, y: 0 })
    const inside = done(moveIntoBlock(document, [id], 'block'))
    expect(blocks(done(splice(inside, 'd-output', id)))).toEqual(['block(b c) in block-2', 'block-2(a)'])
    expect(blocks(done(splice(inside, 'c-d', id)))).toEqual(['block(b c dropout) in block-2', 'block-2(a)'])
  })

  it('adding behind a layer stays inside where its wires do', () => {
    expect(blocks(addAfter(nested(), 'b', 'dropout').document)[0]).toBe('block(b c dropout) in block-2')
    expect(blocks(addAfter(nested(), 'c', 'dropout').document)[0]).toBe('block(b c) in block-2')
  })
})

describe('copies keep blocks right', () => {
  it('a duplicated node joins the block of the original, a duplicated block stands beside it', () => {
    expect(blocks(duplicate(nested(), ['b']).document)[0]).toBe('block(b c relu) in block-2')
    expect(blocks(duplicate(nested(), ['b', 'c']).document)).toEqual([
      'block(b c) in block-2',
      'block-2(a)',
      'block-3(relu linear) in block-2',
    ])
    expect(blocks(duplicate(nested(), ['a', 'b', 'c']).document).slice(2)).toEqual([
      'block-3(relu linear-2) in block-4',
      'block-4(linear)',
    ])
  })

  it('a pasted block stays a block; a part of one is only its nodes', () => {
    const whole = copy(nested(), ['a', 'b', 'c'])
    const part = copy(nested(), ['a', 'b'])
    if (!whole || !part) throw new Error('nothing was copied')
    expect(blocks(paste(five(), whole, { x: 0, y: 0 }).document)).toEqual([
      'block(relu linear-2) in block-2',
      'block-2(linear)',
    ])
    expect(blocks(paste(five(), part, { x: 0, y: 0 }).document)).toEqual([])
    expect(blocks(paste(nested(), part, { x: 0, y: 0 }, 'block').document)[0]).toBe(
      'block(b c linear relu) in block-2',
    )
  })

  it('duplicates feed from the same place when asked to', () => {
    const { document, ids } = duplicate(five(), ['b', 'c'], { keepInputs: true })
    expect(
      document.wires
        .filter(({ to }) => ids.includes(to.node))
        .map(({ from, to }) => `${from.node}>${to.node}`),
    ).toEqual(['relu>linear', 'a>relu'])
    expect(
      analyse(duplicate(nested(), ['b'], { keepInputs: true }).document, classData([4], 8)).nodes.get('relu')
        ?.error,
    ).toBe(null)
  })
})
