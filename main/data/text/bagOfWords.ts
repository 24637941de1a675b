/** Bag of words: a text becomes the counts of the vocabulary's words in it. Order is lost; counts stay. */

/** A word is a run of letters, marks and digits, with inner apostrophes. */
const word = /[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)*/gu

/** Scripts written without spaces: each sign is a word by itself. */
const sign = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu

/** Lower-cased words in their order. */
export function words(text: string): string[] {
  return text.toLowerCase().replace(sign, ' $& ').match(word) ?? []
}

export class BagOfWords {
  readonly size: number
  readonly #index: Map<string, number>

  constructor(vocabulary: readonly string[]) {
    this.size = vocabulary.length
    this.#index = new Map(vocabulary.map((token, index) => [token, index]))
  }

  /** Counts of the vocabulary's words, `[size]`, clipped at 255. Words outside of it are not counted. */
  encode(text: string): Uint8Array<ArrayBuffer> {
    const counts = new Uint8Array(this.size)
    for (const token of words(text)) {
      const index = this.#index.get(token)
      if (index !== undefined && counts[index]! < 255) counts[index]! += 1
    }
    return counts
  }
}
