/** Bag of words: a text becomes the counts of the vocabulary's words in it. Order is lost; counts stay. */

/** A word is a run of letters, marks and digits, with inner apostrophes; a CJK sign is a word by itself. */
const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}])+(?:['’]\p{L}+)*/gu

/** Lower-cased words in their order. */
export function words(text: string): string[] {
  return text.toLowerCase().match(word) ?? []
}

/** Counts words as texts come by. */
export class WordCounter {
  readonly counts = new Map<string, number>()

  add(text: string): void {
    for (const token of words(text)) this.counts.set(token, (this.counts.get(token) ?? 0) + 1)
  }

  /**
   * The most frequent words first, ties in the order first met: at most `size` of them. Sorting only the
   * different counts keeps half a million words from holding the thread.
   */
  vocabulary(size: number): string[] {
    const byCount = new Map<number, string[]>()
    for (const [token, count] of this.counts) {
      const tokens = byCount.get(count)
      if (tokens) tokens.push(token)
      else byCount.set(count, [token])
    }
    const chosen: string[] = []
    for (const count of [...byCount.keys()].sort((a, b) => b - a)) {
      chosen.push(...byCount.get(count)!.slice(0, size - chosen.length))
      if (chosen.length === size) break
    }
    return chosen
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
