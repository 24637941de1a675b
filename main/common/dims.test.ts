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
  type Dim,
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
    [add(H, H), '2·H'],
    [add(H, multiply(-1, H)), '0'],
    [add(H, multiply(-1, W)), 'H-W'],
    [add(multiply(2, add(H, -1)), 4), '2·(H+1)'],
    [add(multiply(2, H), 2), '2·(H+1)'],
    [add(multiply(-1, H), 3), '-H+3'],
    [floorDivide(multiply(4, H), 2), '2·H'],
    [floorDivide(add(multiply(2, H), 3), 2), 'H+1'],
    [floorDivide(add(multiply(2, H), 3), 4), '⌈H/2⌉'],
    [floorDivide(floorDivide(H, 2), 3), '⌊H/6⌋'],
    [add(floorDivide(add(H, -1), 2), 1), '⌈H/2⌉'],
    [add(floorDivide(add(H, -2), 2), 1), '⌊H/2⌋'],
    [add(floorDivide(add(H, -3), 2), 1), '⌊(H-1)/2⌋'],
    [floorDivide(add(floorDivide(add(H, 1), 2), 1), 2), '⌈H/4⌉'],
    [add(multiply(2, floorDivide(H, 2)), 2, multiply(-2, floorDivide(H, 2))), '2'],
    [add(floorDivide(add(H, 2), 2), multiply(-1, floorDivide(H, 2))), '1'],
    [add(floorDivide(H, 2), floorDivide(W, 2), 1), '⌊H/2⌋+⌊W/2⌋+1'],
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

describe('any arithmetic', () => {
  it('has the value of what was asked for, and one form whatever the order', () => {
    let state = 7
    const draw = (count: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * count)
    }
    /** A random size with a function that computes it plainly. */
    const random = (depth: number): { dim: Dim; plain: (h: number, w: number) => number } => {
      const kind = depth === 0 ? draw(3) : draw(6)
      const number = draw(9) - 4
      if (kind === 0) return { dim: H, plain: (h) => h }
      if (kind === 1) return { dim: W, plain: (_h, w) => w }
      if (kind === 2) return { dim: number, plain: () => number }
      const a = random(depth - 1)
      const by = 1 + draw(4)
      if (kind === 3) return { dim: floorDivide(a.dim, by), plain: (h, w) => Math.floor(a.plain(h, w) / by) }
      const b = random(depth - 1)
      if (kind === 4) {
        expect(sameDim(add(a.dim, b.dim, number), add(number, b.dim, a.dim))).toBe(true)
        return { dim: add(a.dim, b.dim), plain: (h, w) => a.plain(h, w) + b.plain(h, w) }
      }
      return { dim: multiply(a.dim, b.dim), plain: (h, w) => a.plain(h, w) * b.plain(h, w) }
    }
    for (let i = 0; i < 2000; i++) {
      const { dim, plain } = random(4)
      for (const [h, w] of [
        [5, 7],
        [32, 1],
      ] as const)
        // -0 is 0 here.
        expect(evaluate(dim, { H: h, W: w })).toBeCloseTo(plain(h, w), 9)
    }
  })
})

describe('formatShape', () => {
  it('reads as people write shapes', () => {
    expect(formatShape([batch, 3, H, floorDivide(W, 2)])).toBe('B x 3 x H x ⌊W/2⌋')
    expect(formatShape([])).toBe('scalar')
  })
})
