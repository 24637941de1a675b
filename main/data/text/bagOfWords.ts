/** Bag of words: a text becomes the counts of the vocabulary's words in it. Order is lost; counts stay. */
import type { Pace } from '../pace.ts'

/** A word is a run of letters, marks and digits, with inner apostrophes. */
const word = /[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)*/gu

/** Scripts written without spaces: each sign is a word by itself. */
const sign = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu

/** Lower-cased words in their order. */
export function words(text: string): string[] {
  return text.toLowerCase().replace(sign, ' $& ').match(word) ?? []
}

/** Counts words as texts come by. */
export class WordCounter {
  readonly counts = new Map<string, number>()

  add(text: string): void {
    for (const token of words(text)) this.counts.set(token, (this.counts.get(token) ?? 0) + 1)
  }

  /**
   * The most frequent words first, ties in the order first met: at most `size` of them. Grouping by count
   * instead of sorting, and resting on the way, keeps half a million words from holding the thread.
   */
  async vocabulary(size: number, pace: Pace): Promise<string[]> {
    const byCount = new Map<number, string[]>()
    for (const [token, count] of this.counts) {
      await pace.rest()
      const tokens = byCount.get(count)
      if (!tokens) byCount.set(count, [token])
      else if (tokens.length < size) tokens.push(token)
    }
    const descending = [...byCount.keys()].sort((a, b) => b - a)
    return descending.flatMap((count) => byCount.get(count)!).slice(0, size)
  }
}

export class BagOfWords {
  readonly size: number
  readonly #index: Map<string, number>

  constructor(vocabulary: readonly string[]) {
    this.size = vocabulary.length
    this.#index = new Map(vocabulary.map((token, index) => [token, index]))
  }

  /** Counts of the vocabulary's words, `[size]`, clipped at 255. Words outside of it are not counted. */
  encode(text: string): Uint8Array {
    const counts = new Uint8Array(this.size)
    for (const token of words(text)) {
      const index = this.#index.get(token)
      if (index !== undefined && counts[index]! < 255) counts[index]! += 1
    }
    return counts
  }
}
