import { expect, it } from 'vitest'
import { bandPosition, health, inWords } from './health.ts'

const layer = (title: string, updateRatio: number | null) => ({
  nodeId: title,
  title,
  gradientNorm: 1,
  weightNorm: 1,
  updateRatio,
})

it.each([
  [-3, 'healthy'],
  [-4, 'healthy'],
  [-4.5, 'watch'],
  [-5.1, 'bad'],
  [-0.5, 'bad'],
  [-1.5, 'watch'],
  [null, 'unknown'],
  [-Infinity, 'bad'],
])('judges a ratio of %s as %s', (ratio, verdict) => expect(health(ratio)).toBe(verdict))

it('says the worst layer in words, and nothing when all is well', () => {
  expect(inWords([layer('Linear', -3), layer('Logits', -5.08)])).toMatch(/^Logits: .* only 1\/120,000/)
  expect(inWords([layer('Linear', -0.4), layer('Logits', -5.1)])).toMatch(/^Linear: .* 40 % /)
  expect(inWords([layer('Linear', -Infinity)])).toMatch(/no gradient/)
  expect(inWords([layer('Linear', -2.5), layer('Logits', null)])).toBeNull()
})

it('keeps extreme ratios on the band', () => {
  expect(bandPosition(-99)).toBe(0)
  expect(bandPosition(3)).toBe(1)
  expect(bandPosition(-3)).toBeCloseTo(0.5)
})
