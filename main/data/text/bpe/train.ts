/**
 * Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909) over bytes: the most frequent pair of neighbours becomes
 * a new token, again and again. Pairs are counted within words, each word once with how often it occurs; after a merge
 * only the words that hold the pair are counted again. Of equally frequent pairs the one of earlier tokens comes first,
 * as in Hugging Face's trainer.
 */
import type { Pace } from '../../pace.ts'
import { byteCharacters, wordPattern } from './bytes.ts'
import { Heap } from './heap.ts'

/** Longer runs without white space are counted in parts: a word is short, or it is no word. */
const longestWord = 256 // bytes

/** Words of the training texts, each with how often it occurs. */
export class WordCounter {
  readonly counts = new Map<string, number>()

  async add(text: string, pace: Pace): Promise<void> {
    let resting = 0
    for (const [word] of text.matchAll(wordPattern)) {
      this.counts.set(word, (this.counts.get(word) ?? 0) + 1)
      resting += 1
      if (resting % 256 === 0) await pace.rest()
    }
  }
}

/** The byte tokens in the order of their ids: by their characters, as Hugging Face's trainer has them. */
export const alphabet: readonly string[] = byteCharacters.toSorted((a, b) => (a < b ? -1 : 1))

export interface Merge {
  /** Ids of the two neighbours, and of the token they become. */
  first: number
  second: number
  id: number
  /** How often the pair occurred when it was merged. */
  count: number
}

export interface Trained {
  merges: Merge[]
  /** By id; those below 256 are `alphabet`. */
  tokens: string[]
}

export interface TrainOptions {
  /** Tokens wanted, those of single bytes included. */
  size: number
  /** Pairs that occur less often are not merged. */
  minimumFrequency: number
}

/** Ids stay below 2^20, so that a pair is one exact number. */
const radix = 2 ** 20

interface Pair {
  key: number
  count: number
  /** Words that hold it, or did. */
  words: number[]
}

/** @returns fewer tokens than wanted where nothing is left to merge */
export async function trainMerges(
  words: ReadonlyMap<string, number>,
  { size, minimumFrequency }: TrainOptions,
  pace: Pace,
): Promise<Trained> {
  const { symbols, counts } = await spelled(words, pace)
  const pairs = new Map<number, Pair>()
  /** Pairs whose count grew since the last merge: those that the heap does not know rightly. */
  const grown = new Set<Pair>()
  /** Counts the pairs of a word in or out. @param fresh the token just made, whose pairs are new; null for all */
  const change = (word: number, by: number, fresh: number | null): void => {
    const letters = symbols[word]!
    for (let at = 1; at < letters.length; at += 1) {
      const [left, right] = [letters[at - 1]!, letters[at]!]
      const key = left * radix + right
      let pair = pairs.get(key)
      if (!pair) pairs.set(key, (pair = { key, count: 0, words: [] }))
      pair.count += by
      if (by < 0 || (fresh !== null && left !== fresh && right !== fresh)) continue
      if (pair.words.at(-1) !== word) pair.words.push(word)
      grown.add(pair)
    }
  }
  for (let word = 0; word < symbols.length; word += 1) {
    change(word, counts[word]!, null)
    if (word % 256 === 0) await pace.rest()
  }
  const heap = new Heap<{ pair: Pair; count: number }>(
    (a, b) => a.count > b.count || (a.count === b.count && a.pair.key < b.pair.key),
  )
  const refill = (): void => {
    for (const pair of grown) if (pair.count >= minimumFrequency) heap.push({ pair, count: pair.count })
    grown.clear()
  }
  refill()
  const tokens = [...alphabet]
  const ids = new Map(tokens.map((token, id) => [token, id]))
  const merges: Merge[] = []
  while (tokens.length < size) {
    await pace.rest()
    pace.report(tokens.length - alphabet.length, size - alphabet.length, 'Training the tokenizer')
    const top = heap.pop()
    if (!top) break
    const { pair, count } = top
    if (pair.count !== count) {
      // It shrank since it was put there; where it grew, another entry says so.
      if (pair.count < count && pair.count >= minimumFrequency) heap.push({ pair, count: pair.count })
      continue
    }
    const [first, second] = [Math.floor(pair.key / radix), pair.key % radix]
    // `a + bc` and `ab + c` are one token.
    const token = tokens[first]! + tokens[second]!
    const id = ids.get(token) ?? tokens.push(token) - 1
    ids.set(token, id)
    merges.push({ first, second, id, count })
    let touched = 0
    for (const word of pair.words) {
      const letters = symbols[word]!
      if (!holds(letters, first, second)) continue
      change(word, -counts[word]!, null)
      symbols[word] = joined(letters, first, second, id)
      change(word, counts[word]!, id)
      touched += 1
      if (touched % 256 === 0) await pace.rest()
    }
    pairs.delete(pair.key)
    grown.delete(pair)
    refill()
  }
  return { merges, tokens }
}

/** The letters of every word, as ids. */
async function spelled(
  words: ReadonlyMap<string, number>,
  pace: Pace,
): Promise<{ symbols: number[][]; counts: number[] }> {
  const idOfByte = byteCharacters.map((character) => alphabet.indexOf(character))
  const symbols: number[][] = []
  const counts: number[] = []
  for (const [word, times] of words) {
    const bytes = Buffer.from(word)
    for (let from = 0; from < bytes.length; from += longestWord) {
      symbols.push(Array.from(bytes.subarray(from, from + longestWord), (byte) => idOfByte[byte]!))
      counts.push(times)
    }
    if (symbols.length % 256 === 0) await pace.rest()
  }
  return { symbols, counts }
}

function holds(letters: readonly number[], first: number, second: number): boolean {
  for (let at = 1; at < letters.length; at += 1)
    if (letters[at - 1] === first && letters[at] === second) return true
  return false
}

/** Every pair of the two, from the left, as one. */
function joined(letters: readonly number[], first: number, second: number, id: number): number[] {
  const result: number[] = []
  for (let at = 0; at < letters.length; at += 1) {
    if (letters[at] === first && letters[at + 1] === second) {
      result.push(id)
      at += 1
    } else result.push(letters[at]!)
  }
  return result
}
