import { describe, expect, it } from 'vitest'
import { align, type Alignment } from './align.ts'
import type { ModelDocument } from './document.ts'
import { moveNodes, nodeSize } from './edit.ts'
import { chain } from './templates.ts'

const scattered = (): ModelDocument =>
  moveNodes(
    chain('m', [
      ['a', 'input'],
      ['b', 'relu'],
      ['c', 'relu'],
      ['d', 'output'],
    ]),
    new Map([
      ['a', { x: 0, y: 10 }],
      ['b', { x: 100, y: 200 }],
      ['c', { x: 900, y: 300 }],
      ['d', { x: 5, y: 5 }],
    ]),
  )
const places = (how: Alignment, sizes?: ReadonlyMap<string, { width: number; height: number }>): string =>
  align(scattered(), ['a', 'b', 'c'], how, sizes)
    .nodes.map(({ position }) => `${position.x},${position.y}`)
    .join(' ')

describe('align', () => {
  it('lines up on an edge or a centre line, and leaves other nodes alone', () => {
    expect(places('left')).toBe('0,10 0,200 0,300 5,5')
    expect(places('top')).toBe('0,10 100,10 900,10 5,5')
    expect(places('centre-x')).toBe('450,10 450,200 450,300 5,5')
    const tall = new Map([['b', { width: 260, height: 156 }]])
    expect(places('right', tall)).toBe('900,10 800,200 900,300 5,5')
    expect(places('bottom', tall)).toBe('0,300 100,200 900,300 5,5')
    expect(places('centre-y', tall)).toBe('0,155 100,105 900,155 5,5')
  })

  it('spaces evenly by the gaps between', () => {
    expect(places('distribute-x')).toBe('0,10 450,200 900,300 5,5')
    const tall = new Map([['b', { width: nodeSize.width, height: 100 }]])
    // 10 + 56 ends at 66, the last begins at 300: 134 is left for two gaps.
    expect(places('distribute-y', tall)).toBe('0,10 100,133 900,300 5,5')
  })

  it('is the same document where there is nothing to line up', () => {
    const document = scattered()
    expect(align(document, ['a'], 'left')).toBe(document)
    expect(align(document, ['a', 'b'], 'distribute-x')).toBe(document)
    expect(align(align(document, ['a', 'b'], 'left'), ['a', 'b'], 'left')).toEqual(
      align(document, ['a', 'b'], 'left'),
    )
  })
})
