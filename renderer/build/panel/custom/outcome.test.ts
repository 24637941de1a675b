import { expect, it } from 'vitest'
import { deviation, outcome, position } from './outcome.ts'

const largest = { output: 'z', of: [0, 1], index: [0, 1], analytical: 0.5, numerical: 0.7 }
const check = { input: 'x', passed: false, none: false, compared: 36, largest }

it('says what a check of an input means', () => {
  expect(outcome(check)).toBe('fails: the gradient is wrong, most here')
  expect(outcome({ ...check, none: true })).toBe('fails: none is given, but z depends on it')
  expect(outcome({ ...check, passed: true, none: true })).toBe('no gradient, and none is needed')
  const close = { ...largest, numerical: 0.5 + 2e-9 }
  expect(outcome({ ...check, passed: true, largest: close })).toBe('passes · 36 elements within 2e-9')
  expect(outcome({ ...check, passed: true, compared: 1, largest: null })).toBe('passes · 1 element')
})

it('writes positions and numbers short', () => {
  expect([position([0, 1]), position([])]).toEqual(['[0, 1]', ''])
  expect([deviation(0.123456789), deviation(-2), deviation(NaN)]).toEqual(['0.123457', '-2', 'NaN'])
})
