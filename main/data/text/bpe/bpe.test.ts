import { describe, expect, test } from 'vitest'
import { tokenOptions } from '../../fixtures.ts'
import { createPace } from '../../pace.ts'
import { prepareTexts } from '../prepare.ts'
import { tokenizerOf } from '../tokenizers.ts'
import type { TextPreparation } from '../tokenizers.ts'
import { shownBytes } from './bytes.ts'
import { Heap } from './heap.ts'
import { alphabet, trainMerges, WordCounter } from './train.ts'

const pace = createPace()

const bpeOptions = (vocabularySize: number, minimumFrequency = 1) => ({
  ...tokenOptions.text!,
  tokenizer: 'bpe' as const,
  vocabularySize,
  minimumFrequency,
})

function prepared(texts: string[], vocabularySize: number, minimumFrequency = 1): Promise<TextPreparation> {
  return prepareTexts(texts, bpeOptions(vocabularySize, minimumFrequency), pace)
}

/** Everything counted afresh for every merge, on strings: what the incremental trainer must come to. */
function naive(words: ReadonlyMap<string, number>, merges: number): string[] {
  let spelled = [...words].map(([word, count]) => ({ count, letters: [...word] }))
  const order = new Map(alphabet.map((letter, id) => [letter, id]))
  const made: string[] = []
  for (let step = 0; step < merges; step += 1) {
    const counts = new Map<string, { pair: [string, string]; count: number }>()
    for (const { letters, count } of spelled)
      for (let at = 1; at < letters.length; at += 1) {
        const pair: [string, string] = [letters[at - 1]!, letters[at]!]
        const standing = counts.get(pair.join(' '))
        if (standing) standing.count += count
        else counts.set(pair.join(' '), { pair, count })
      }
    const [best] = [...counts.values()].sort(
      (a, b) =>
        b.count - a.count ||
        order.get(a.pair[0])! - order.get(b.pair[0])! ||
        order.get(a.pair[1])! - order.get(b.pair[1])!,
    )
    if (!best) break
    const token = best.pair.join('')
    made.push(best.pair.join(' '))
    if (!order.has(token)) order.set(token, order.size)
    spelled = spelled.map(({ count, letters }) => {
      const result: string[] = []
      for (let at = 0; at < letters.length; at += 1)
        if (letters[at] === best.pair[0] && letters[at + 1] === best.pair[1]) {
          result.push(token)
          at += 1
        } else result.push(letters[at]!)
      return { count, letters: result }
    })
  }
  return made
}

/** Words of few letters, so that many pairs are equally frequent and overlap themselves. */
function randomWords(seed: number): Map<string, number> {
  let state = seed
  const next = (below: number): number => {
    state = (state * 1103515245 + 12345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
  return new Map(
    Array.from({ length: 60 }, () => [
      Array.from({ length: 1 + next(9) }, () => 'abcd'[next(4)]!).join(''),
      1 + next(5),
    ]),
  )
}

describe('training byte pairs', () => {
  test('the example of the paper: low, lower, newest, widest', async () => {
    const words = new Map([
      ['low', 5],
      ['lower', 2],
      ['newest', 6],
      ['widest', 3],
    ])
    const { merges, tokens } = await trainMerges(words, { size: 256 + 6, minimumFrequency: 1 }, pace)
    expect(merges.map(({ first, second }) => `${tokens[first]!} ${tokens[second]!}`)).toEqual([
      'e s', // 9 times
      'es t',
      'l o', // 7 times
      'lo w',
      'e w', // 6 times; as often as "n e" and "w est", of earlier tokens
      'n ew',
    ])
    expect(merges.map(({ count }) => count)).toEqual([9, 9, 7, 7, 6, 6])
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('comes to what counting afresh does (%i)', async (seed) => {
    const words = randomWords(seed)
    const { merges, tokens } = await trainMerges(words, { size: Infinity, minimumFrequency: 1 }, pace)
    const made = merges.map(({ first, second }) => `${tokens[first]!} ${tokens[second]!}`)
    expect(made.length).toBeGreaterThan(30)
    expect(made).toEqual(naive(words, made.length + 5))
    expect(new Set(tokens).size).toBe(tokens.length)
  })

  test('rare pairs are not merged, and a smaller vocabulary is the beginning of a larger one', async () => {
    const words = randomWords(9)
    const all = await trainMerges(words, { size: Infinity, minimumFrequency: 1 }, pace)
    const frequent = await trainMerges(words, { size: Infinity, minimumFrequency: 10 }, pace)
    expect(frequent.merges).toEqual(all.merges.filter(({ count }) => count >= 10))
    const few = await trainMerges(words, { size: 270, minimumFrequency: 1 }, pace)
    expect(few.tokens).toEqual(all.tokens.slice(0, 270))
  })

  test('words keep the space before them', async () => {
    const counter = new WordCounter()
    await counter.add("It's 42 dogs,  and\n\n  it's", pace)
    expect([...counter.counts.keys()]).toEqual(['It', "'s", ' 42', ' dogs', ',', ' ', ' and', '\n\n ', ' it'])
  })
})

describe('encoding with trained byte pairs', () => {
  const texts = ['the cat sat on the mat', 'the dog, the cat and the <pad> rat', 'naïve 漢字 😀 café']

  test.each([
    ...texts,
    'never seen: Ω≈ç√\u0000\u0001 <pad><unk>',
    '  spaces \t\n\n and line ends\r\n',
    '👩‍👩‍👧‍👦 \ufeffé',
    'a'.repeat(5000),
  ])('gives the text back: %j', async (text) => {
    const preparation = await prepared(texts, 300)
    const tokenizer = tokenizerOf(preparation)
    const vocabulary = (preparation.tokenizer!.model as { vocab: Record<string, number> }).vocab
    const byId = new Map(Object.entries(vocabulary).map(([token, id]) => [id, token]))
    const ids = [...tokenizer.encode(text)]
    expect(ids).not.toContain(0)
    expect(ids).not.toContain(1)
    expect(shownBytes(ids.map((id) => byId.get(id)!).join(''))).toBe(text)
  })

  test('frequent words are one token; the vocabulary says what a token is', async () => {
    const preparation = await prepared(texts, 270)
    expect(preparation.vocabulary).toHaveLength(272)
    expect(preparation.vocabulary.slice(0, 3)).toEqual(['<pad>', '<unk>', '!'])
    const ids = [...tokenizerOf(preparation).encode('the the')]
    expect(ids.map((id) => preparation.vocabulary[id])).toEqual(['the', ' the'])
    expect(preparation.vocabulary).toContain('\\xE6')
  })

  test('of nothing there are the bytes', async () => {
    expect((await prepared([], 1000)).vocabulary).toHaveLength(258)
    expect((await prepared(['aa aa aa'], 2)).vocabulary).toHaveLength(258)
  })
})

test('a heap gives the first first', () => {
  const heap = new Heap<number>((a, b) => a < b)
  const values = [5, 3, 8, 1, 9, 2, 2, 7]
  for (const value of values) heap.push(value)
  expect(values.map(() => heap.pop())).toEqual(values.toSorted((a, b) => a - b))
  expect(heap.pop()).toBeUndefined()
})
