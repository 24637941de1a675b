import { expect, it } from 'vitest'
import { between, placer, type Scale } from './scale.ts'

const scale = (low: number, high: number, more: Partial<Scale> = {}): Scale => ({
  domain: [low, high],
  log: false,
  size: 100,
  up: false,
  ...more,
})

it('values stand where the axis has them, upwards on a vertical one', () => {
  expect(placer(scale(0, 200))(50)).toBe(25)
  expect(placer(scale(0, 200, { up: true }))(50)).toBe(75)
  expect(placer(scale(1, 100, { log: true }))(10)).toBe(50)
  expect(placer(scale(1, 100, { log: true }))(0)).toBeNaN()
})

it('what was painted on one scale is moved to where another has it', () => {
  const pairs: [Scale, Scale, number][] = [
    [scale(0, 100), scale(20, 70), 40],
    [scale(0, 100, { up: true }), scale(-10, 300, { up: true }), 40],
    [scale(1, 1000, { log: true }), scale(5, 90, { log: true, size: 250 }), 40],
    [scale(1, 1000, { log: true, up: true }), scale(5, 90, { log: true, up: true }), 7],
  ]
  for (const [from, to, value] of pairs) {
    const moved = between(from, to)
    if (!moved) throw new Error('not moved')
    expect(placer(from)(value) * moved.scale + moved.shift).toBeCloseTo(placer(to)(value), 9)
  }
  expect(between(scale(1, 10), scale(1, 10, { log: true }))).toBeNull()
})
