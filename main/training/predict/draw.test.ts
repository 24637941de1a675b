import { expect, it } from 'vitest'
import { stream, uniform } from '../../common/random.ts'
import { draw } from './draw.ts'

const logits = Float32Array.from([0, Math.log(2), Math.log(5), -Infinity])
const counts = (settings: { temperature: number; topK: number | null }, draws = 20_000): number[] => {
  const next = stream(1)
  const found = [0, 0, 0, 0]
  for (let i = 0; i < draws; i++) found[draw(logits, settings, uniform(next))]!++
  return found.map((times) => times / draws)
}

it('draws each token as often as it is probable', () => {
  const [a, b, c, never] = counts({ temperature: 1, topK: null })
  expect(a).toBeCloseTo(1 / 8, 1)
  expect(b).toBeCloseTo(2 / 8, 1)
  expect(c).toBeCloseTo(5 / 8, 1)
  expect(never).toBe(0)
})

it('a temperature of a half squares what is probable', () => {
  const [a, b, c] = counts({ temperature: 0.5, topK: null })
  expect([a, b, c].map((share) => Math.round((share ?? 0) * 30))).toEqual([1, 4, 25])
})

it('draws from the likeliest only, and the likeliest at temperature 0', () => {
  expect(counts({ temperature: 1, topK: 1 })).toEqual([0, 0, 1, 0])
  expect(counts({ temperature: 0, topK: null })).toEqual([0, 0, 1, 0])
  expect(counts({ temperature: 1, topK: 2 })[0]).toBe(0)
})

it('never leaves what can be drawn, whatever the random number', () => {
  for (const random of [0, 0.5, 1 - 2 ** -32, 1])
    expect([0, 1, 2]).toContain(draw(logits, { temperature: 1, topK: null }, random))
  expect(draw(Float32Array.of(3, 3), { temperature: 1, topK: null }, 0)).toBe(0)
})
