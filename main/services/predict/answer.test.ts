import { expect, it } from 'vitest'
import { notFinite } from './answer.ts'

it.each([NaN, Infinity, -Infinity])('an output of %s is no answer', (value) => {
  const refusal = notFinite(Float32Array.of(1, value, 2))
  expect(refusal).toMatchObject({ code: 'predict/not-finite' })
  expect(refusal?.what).toContain(String(value))
})

it('any other output is one', () => {
  expect(notFinite(Float32Array.of(-3e38, 0, 3e38))).toBeNull()
})
