import { expect, it } from 'vitest'
import { findingRate } from './findRate.ts'

it.each([
  [{ model: 'digits-mlp', resume: '3' }, /--find-lr and --resume do not go together/],
  [{ model: 'digits-mlp', name: 'mine' }, /--find-lr and --name do not go together/],
  [{}, /--model is missing/],
])('refuses %j before anything is opened', (typed, message) => {
  expect(() => findingRate(typed)).toThrow(message)
})
