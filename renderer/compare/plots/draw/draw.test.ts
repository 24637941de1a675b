import { expect, it } from 'vitest'
import { nearestLine, pathOf, type Lines } from './lines.ts'
import { nearestPoint } from './points.ts'

/** Three runs across three axes: one level, one falling, one level far below. */
const lines: Lines = {
  runIds: [7, 8, 9],
  x: [10, 110, 210],
  y: Float32Array.from([20, 20, 20, 10, 110, 110, 180, 180, 180]),
}
const all = (): boolean => true

it('the line that passes nearest to a place is meant, and none that is too far', () => {
  expect(nearestLine(lines, { x: 160, y: 23 }, 6, all)).toBe(0)
  expect(nearestLine(lines, { x: 60, y: 58 }, 6, all)).toBe(1)
  expect(nearestLine(lines, { x: 60, y: 90 }, 6, all)).toBeNull()
  expect(nearestLine(lines, { x: 212, y: 181 }, 6, all)).toBe(2)
  expect(nearestLine(lines, { x: 8, y: 181 }, 6, all)).toBe(2)
  expect(nearestLine(lines, { x: 230, y: 180 }, 6, all)).toBeNull()
})

it('lines beside the brush are not meant', () => {
  expect(nearestLine(lines, { x: 24, y: 21 }, 6, all)).toBe(0)
  expect(nearestLine(lines, { x: 24, y: 21 }, 6, (i) => i !== 0)).toBe(1)
})

it('without axes, or with a single one, nothing breaks', () => {
  expect(nearestLine({ runIds: [1], x: [], y: new Float32Array() }, { x: 0, y: 0 }, 6, all)).toBeNull()
  const single = { runIds: [1, 2], x: [50], y: Float32Array.from([10, 40]) }
  expect(nearestLine(single, { x: 52, y: 38 }, 6, all)).toBe(1)
  expect(nearestLine(single, { x: 70, y: 38 }, 6, all)).toBeNull()
})

it('a line is written through all axes', () => {
  expect(pathOf(lines, 1)).toBe('M10.0 10.0L110.0 110.0L210.0 110.0')
})

it('of points that lie upon each other the one on top is meant', () => {
  const points = [
    { runId: 1, x: 5, y: 5 },
    { runId: 2, x: 5, y: 5 },
    { runId: 3, x: 50, y: 5 },
  ]
  expect(nearestPoint(points, { x: 6, y: 6 }, 9, all)).toBe(1)
  expect(nearestPoint(points, { x: 6, y: 6 }, 9, ({ runId }) => runId !== 2)).toBe(0)
  expect(nearestPoint(points, { x: 30, y: 6 }, 9, all)).toBeNull()
})
