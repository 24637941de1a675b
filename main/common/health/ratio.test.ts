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

it('calls small what a schedule has not made small', () => {
  expect(judgeRatio(-5.5, {}, 2)).toBe('healthy')
  expect(judgeRatio(-6.5, {}, 2)).toBe('watch')
  expect(judgeRatio(-7.5, {}, 2)).toBe('bad')
  expect(judgeRatio(-0.5, {}, 2)).toBe('bad')
})
