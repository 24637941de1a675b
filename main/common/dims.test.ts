import { describe, expect, it } from 'vitest'
import {
  add,
  batch,
  evaluate,
  floorDivide,
  formatDim,
  formatShape,
  multiply,
  sameDim,
  sameShape,
  symbol,
} from './dims.ts'

const H = symbol('H')
const W = symbol('W')

describe('sizes', () => {
  it.each([
    [multiply(1, 28, 28), '784'],
    [multiply(), '1'],
    [multiply(1, H), 'H'],
    [multiply(W, 3, H), '3·H·W'],
    [multiply(multiply(2, H), multiply(3, W)), '6·H·W'],
    [multiply(0, H), '0'],
    [multiply(2, add(H, 1)), '2·(H+1)'],
    [add(H, 2, 3), 'H+5'],
    [add(H, -1), 'H-1'],
    [add(H, 0), 'H'],
    [add(2, 3), '5'],
    [add(add(H, 1), add(W, 1)), 'H+W+2'],
    [floorDivide(H, 2), '⌊H/2⌋'],
    [floorDivide(add(H, -1), 2), '⌊(H-1)/2⌋'],
    [floorDivide(7, 2), '3'],
    [floorDivide(-1, 2), '-1'],
    [floorDivide(H, 1), 'H'],
  ])('%# simplifies to %s', (dim, text) => {
    expect(formatDim(dim)).toBe(text)
  })

  it('are the same in whatever order they were built', () => {
    expect(sameDim(multiply(H, 3, W), multiply(W, H, 3))).toBe(true)
    expect(sameDim(add(H, W), add(W, H))).toBe(true)
    expect(sameDim(H, W)).toBe(false)
    expect(sameShape([batch, 1], [batch, 1])).toBe(true)
    expect(sameShape([batch, 1], [batch])).toBe(false)
  })

  it('have a value once every symbol has one', () => {
    const dim = add(floorDivide(add(H, -1), 2), multiply(2, W))
    expect(evaluate(dim, { H: 28, W: 5 })).toBe(23)
    expect(evaluate(dim, { H: 28 })).toBeNull()
    expect(evaluate(12, {})).toBe(12)
  })
})

describe('formatShape', () => {
  it('reads as people write shapes', () => {
    expect(formatShape([batch, 3, H, floorDivide(W, 2)])).toBe('B x 3 x H x ⌊W/2⌋')
    expect(formatShape([])).toBe('scalar')
  })
})
