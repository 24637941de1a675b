import { expect, it } from 'vitest'
import { judgeRatio } from './ratio.ts'

it.each([
  [-3, 'healthy'],
  [-4, 'healthy'],
  [-4.5, 'watch'],
  [-5.1, 'bad'],
  [-0.5, 'bad'],
  [-1.5, 'watch'],
  [null, 'unknown'],
  [-Infinity, 'bad'],
])('judges a ratio of %s as %s', (ratio, verdict) => expect(judgeRatio(ratio)).toBe(verdict))

it('is bad exactly where a rule speaks, with the threshold that a person set', () =>
  expect(judgeRatio(-5.1, { 'updates-small': -6 })).toBe('watch'))
