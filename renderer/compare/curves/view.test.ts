import { expect, it } from 'vitest'
import { zooming } from './view.ts'

const linear = zooming([0, 1000], false, 4)

it('a part that is drawn across is shown, all of it or next to nothing is not', () => {
  expect(linear.between(null, 0.2, 0.6)).toEqual([200, 600])
  expect(linear.between([200, 600], 0.5, 1)).toEqual([400, 600])
  expect(linear.between(null, 0, 1)).toBeNull()
  expect(linear.between([200, 600], 0.5, 0.501)).toEqual([200, 600])
})

it('the wheel leaves the place beneath it where it is', () => {
  expect(linear.by([200, 600], 0.5, 0.25)).toEqual([250, 450])
  expect(linear.by([200, 600], 3, 0.5)).toBeNull()
  expect(linear.by([200, 204], 0.5, 0.5)).toEqual([200, 204])
})

it('moving stops at the ends', () => {
  expect(linear.moved([200, 600], 0.5)).toEqual([400, 800])
  expect(linear.moved([200, 600], 5)).toEqual([600, 1000])
  expect(linear.moved(null, 0.5)).toBeNull()
})

it('on a logarithmic axis a gesture covers as many decades wherever it is', () => {
  const log = zooming([1, 10_000], true, 0.1)
  expect(log.between(null, 0.25, 0.5)?.map(Math.round)).toEqual([10, 100])
  expect(log.moved([10, 100], 1)?.map(Math.round)).toEqual([100, 1000])
})
