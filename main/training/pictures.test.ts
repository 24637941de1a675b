import { expect, it } from 'vitest'
import { pictureOf } from './pictures.ts'

it('draws an image as one map per channel, scaled to its largest magnitude', () => {
  expect(pictureOf([1, -2, 0, 4, 0, 0, 0, 2], [1, 2, 2, 2])).toEqual({
    kind: 'image',
    rows: 2,
    columns: 2,
    maps: [
      [0.25, -0.5, 0, 1],
      [0, 0, 0, 0.5],
    ],
    scale: 4,
    reduced: false,
  })
})

it('lays time out to the right', () => {
  expect(pictureOf([1, 2, 3, 4, 5, 6], [1, 3, 2])).toMatchObject({
    kind: 'strip',
    rows: 2,
    columns: 3,
    maps: [[1, 3, 5, 2, 4, 6].map((value) => Math.round((value / 6) * 1000) / 1000)],
  })
})

it('averages what is too large and says so; reads the first sample only', () => {
  const wide = pictureOf(
    Float32Array.from({ length: 2 * 128 }, (_, i) => (i < 128 ? i % 2 : 9)),
    [2, 128],
  )
  expect(wide).toMatchObject({ kind: 'bars', rows: 1, columns: 64, reduced: true, scale: 0.5 })
  expect(pictureOf([], [4, 0])).toBeNull()
  expect(pictureOf([Number.NaN, 1], [1, 2])?.maps).toEqual([[0, 1]])
})
