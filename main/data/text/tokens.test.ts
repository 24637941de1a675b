import { expect, test } from 'vitest'
import { createPace } from '../pace.ts'
import { TokenCounter, tokensOf, Vocabulary } from './tokens.ts'

test('words are lower-cased, signs are tokens of their own, a CJK sign is a word', () => {
  expect(tokensOf("Don't PANIC -- it's 42!", 'word')).toEqual(["don't", 'panic', '-', '-', "it's", '42', '!'])
  expect(tokensOf('今天 hot天気。', 'word')).toEqual(['今', '天', 'hot', '天', '気', '。'])
  expect(tokensOf(' \n\t', 'word')).toEqual([])
})

test('characters are code points as they are, bytes are those of UTF-8', () => {
  expect(tokensOf('Aé😀 ', 'character')).toEqual(['A', 'é', '😀', ' '])
  expect(tokensOf('é!', 'byte')).toEqual(['c3', 'a9', '21'])
})

test('the most frequent tokens first, ties in the order met; rare ones not at all', async () => {
  const counter = new TokenCounter()
  for (const text of ['b a a', 'c a b', 'd']) counter.add(text.split(' '))
  const pace = createPace()
  expect(await counter.mostFrequent(3, pace)).toEqual(['a', 'b', 'c'])
  expect(await counter.mostFrequent(10, pace)).toEqual(['a', 'b', 'c', 'd'])
  expect(await counter.mostFrequent(10, pace, 2)).toEqual(['a', 'b'])
})

test('ids begin after padding and unknown', () => {
  const vocabulary = Vocabulary.of(['the', 'cat'])
  expect(vocabulary.size).toBe(4)
  expect([...vocabulary.encode(['cat', 'the', 'dog'])]).toEqual([3, 2, 1])
  expect(vocabulary.tokens[3]).toBe('cat')
})
