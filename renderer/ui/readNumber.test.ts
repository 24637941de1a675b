import { expect, it } from 'vitest'
import { readNumber } from './readNumber.ts'

it.each([
  ['0.01', 0.01],
  ['1e-3', 0.001],
  [' .5 ', 0.5],
  ['0,05', 0.05],
  ['', null],
  ['1e', null],
  ['ten', null],
  ['0x10', null],
])('reads %j as %s', (text, value) => expect(readNumber(text)).toBe(value))
