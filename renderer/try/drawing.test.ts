import { expect, it } from 'vitest'
import { boundsOf } from './drawing.ts'

const sheet = (...drawn: [x: number, y: number][]): Uint8ClampedArray => {
  const pixels = new Uint8ClampedArray(4 * 5 * 4)
  for (const [x, y] of drawn) pixels[4 * (y * 5 + x) + 3] = 255
  return pixels
}

it('finds what was drawn, whatever its colour', () => {
  expect(boundsOf(sheet([1, 2], [3, 0]), 5, 4)).toEqual({ left: 1, top: 0, width: 3, height: 3 })
  expect(boundsOf(sheet([4, 3]), 5, 4)).toEqual({ left: 4, top: 3, width: 1, height: 1 })
})

it('of an empty sheet there is nothing', () => expect(boundsOf(sheet(), 5, 4)).toBeNull())
