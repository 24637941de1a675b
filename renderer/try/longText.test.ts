import { expect, it } from 'vitest'
import { mostCharacters } from '../../main/common/predict/subject.ts'
import { ending, held } from './longText.ts'

it('keeps the part of a text that is read, and never half a sign', () => {
  const long = `a${'🙂'.repeat(mostCharacters / 2)}b`
  const first = held(long, 'beginning')
  expect(first.length).toBe(mostCharacters - 1)
  expect(first.endsWith('🙂')).toBe(true)
  const last = held(long, 'end')
  expect(last.length).toBe(mostCharacters - 1)
  expect([last.startsWith('🙂'), last.endsWith('b')]).toEqual([true, true])
  expect(held('🙂', 'beginning')).toBe('🙂')
})

it('shows the end of what is long, and all of what is short', () => {
  expect(ending('abcdef', 3)).toBe('… def')
  expect(ending('abc', 3)).toBe('abc')
})
