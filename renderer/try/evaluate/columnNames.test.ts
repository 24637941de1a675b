import { expect, test } from 'vitest'
import { namesBelow } from './columnNames.ts'

test.each([
  ['short names of few classes', 10, 8, 'flat'],
  ['names wider than their columns', 10, 60, 'upright'],
  ['more classes than lines of text', 26, 60, null],
])('%s', (_, count, widest, how) => {
  expect(namesBelow(count, widest, (foot) => 250 - foot)).toBe(how)
})
