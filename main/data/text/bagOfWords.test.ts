import { expect, test } from 'vitest'
import { createPace } from '../pace.ts'
import { BagOfWords, WordCounter, words } from './bagOfWords.ts'

test('words are lower-cased runs of letters and digits; a CJK sign is a word', () => {
  expect(words("Don't PANIC -- it's 42, naïve!")).toEqual(["don't", 'panic', "it's", '42', 'naïve'])
  expect(words('今天 hot天気')).toEqual(['今', '天', 'hot', '天', '気'])
  expect(words('... !')).toEqual([])
})

test('the vocabulary holds the most frequent words, ties in the order met', async () => {
  const counter = new WordCounter()
  for (const text of ['b a a', 'c a b', 'd']) counter.add(text)
  expect(await counter.vocabulary(3, createPace())).toEqual(['a', 'b', 'c'])
  expect(await counter.vocabulary(10, createPace())).toEqual(['a', 'b', 'c', 'd'])
})

test('encodes counts, clipped at 255, and leaves other words out', () => {
  const bag = new BagOfWords(['a', 'b', 'c'])
  expect([...bag.encode('b A zebra b')]).toEqual([1, 2, 0])
  expect([...bag.encode('c '.repeat(300))]).toEqual([0, 0, 255])
})
