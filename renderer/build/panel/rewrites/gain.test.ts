import { expect, it } from 'vitest'
import { gainText } from './gain.ts'

it.each([
  [2, 1.5, '25 % less'],
  [2, 2.2, '10 % more'],
  [2, 1.98, 'no difference'],
  [0, 0, ''],
])('%f ms without and %f ms with rewrites: %s', (withoutMs, withMs, expected) => {
  expect(gainText({ withMs, withoutMs })).toBe(expected)
})
