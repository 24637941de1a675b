import { expect, it } from 'vitest'
import { readTicks } from './keptTicks.ts'

it('ticks that were never written are told from none, and what is no list of ids is as if never written', () => {
  expect(readTicks(null)).toBeNull()
  expect(readTicks('[]')).toEqual([])
  expect(readTicks('[3,1]')).toEqual([3, 1])
  expect(readTicks('[3,"1",null,2.5]')).toEqual([3])
  expect(readTicks('{"3":true}')).toBeNull()
  expect(readTicks('[3,')).toBeNull()
})
