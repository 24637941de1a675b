import { expect, test } from 'vitest'
import { BagOfWords, words } from './bagOfWords.ts'

test('words are lower-cased runs of letters and digits; a CJK sign is a word', () => {
  expect(words("Don't PANIC -- it's 42, naïve!")).toEqual(["don't", 'panic', "it's", '42', 'naïve'])
  expect(words('今天 hot天気')).toEqual(['今', '天', 'hot', '天', '気'])
  expect(words('... !')).toEqual([])
})

test('encodes counts, clipped at 255, and leaves other words out', () => {
  const bag = new BagOfWords(['a', 'b', 'c'])
  expect([...bag.encode('b A zebra b')]).toEqual([1, 2, 0])
  expect([...bag.encode('c '.repeat(300))]).toEqual([0, 0, 255])
})
