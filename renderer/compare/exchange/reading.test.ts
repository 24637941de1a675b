import { expect, test } from 'vitest'
import { roleOf, withRole } from './reading.ts'

const columns = ['step', 'name', 'loss', 'note']
const guessed = {
  step: 'step',
  epoch: null,
  time: null,
  run: null,
  metric: null,
  value: null,
  metrics: ['loss'],
}

test('a column has one role, and is a metric again when it loses it', () => {
  const other = withRole(guessed, 'step', 'loss', columns)
  expect(other).toEqual({ ...guessed, step: 'loss', metrics: ['step'] })
  expect(withRole(other, 'epoch', 'loss', columns)).toEqual({
    ...guessed,
    step: null,
    epoch: 'loss',
    metrics: ['step'],
  })
  expect(withRole(guessed, 'step', null, columns).metrics).toEqual(['step', 'loss'])
})

test('roles in words; in the long form no other column is a metric', () => {
  expect(columns.map((column) => roleOf(guessed, column))).toEqual(['step', null, 'metric', null])
  const longForm = { ...guessed, metric: 'name', value: 'loss', metrics: ['note'] }
  expect(columns.map((column) => roleOf(longForm, column))).toEqual(['step', 'metric’s name', 'value', null])
})
