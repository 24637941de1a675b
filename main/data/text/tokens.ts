/** Texts to tokens by rule: words, characters, bytes. Their ids come from a vocabulary. */
import type { TokenizerName } from '../../common/data/options.ts'
import type { Pace } from '../pace.ts'

/** Id 0 is padding, id 1 stands for every token that is not in the vocabulary. */
export const special = { padding: 0, unknown: 1 } as const
export const specialNames: readonly string[] = ['<pad>', '<unk>']

export type RuleName = Exclude<TokenizerName, 'bpe' | 'file'>

/** A word with inner apostrophes, or a single sign that is neither letter, digit nor space. */
const wordOrSign = /[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)*|[^\s\p{L}\p{M}\p{N}]/gu

/** Scripts written without spaces: each sign is a word by itself. */
const standsAlone = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu

/**
 * The tokens of a text in their order: lower-cased words and punctuation, characters (code points) as they are, or
 * bytes of its UTF-8 form in hexadecimal.
 */
export function tokensOf(text: string, tokenizer: RuleName): string[] {
  switch (tokenizer) {
    case 'word':
      return text.toLowerCase().replace(standsAlone, ' $& ').match(wordOrSign) ?? []
    case 'character':
      return [...text]
    case 'byte':
      return Array.from(Buffer.from(text), (byte) => byteNames[byte]!)
  }
}

/** The text of tokens. Words get spaces between them, none before the signs that follow a word. */
export function textOf(tokens: readonly string[], tokenizer: RuleName): string {
  switch (tokenizer) {
    case 'word':
      return tokens
        .join(' ')
        .replace(/ (?=[.,;:!?)\]}%…])/gu, '')
        .replace(/(?<=[([{]) /gu, '')
    case 'character':
      return tokens.join('')
    case 'byte':
      return Buffer.from(tokens.join(''), 'hex').toString('utf8')
  }
}

const byteNames = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Counts tokens as texts come by. */
export class TokenCounter {
  readonly counts = new Map<string, number>()

  add(tokens: readonly string[]): void {
    for (const token of tokens) this.counts.set(token, (this.counts.get(token) ?? 0) + 1)
  }

  /**
   * The most frequent tokens first, ties in the order first met: at most `size` of them. Grouping by count
   * instead of sorting, and resting on the way, keeps half a million words from holding the thread.
   */
  async mostFrequent(size: number, pace: Pace, minimumFrequency = 1): Promise<string[]> {
    const byCount = new Map<number, string[]>()
    for (const [token, count] of this.counts) {
      await pace.rest()
      if (count < minimumFrequency) continue
      const tokens = byCount.get(count)
      if (!tokens) byCount.set(count, [token])
      else if (tokens.length < size) tokens.push(token)
    }
    const descending = [...byCount.keys()].sort((a, b) => b - a)
    return descending.flatMap((count) => byCount.get(count)!).slice(0, size)
  }
}

/** Every byte value, whatever the texts hold. */
export const byteTokens: readonly string[] = byteNames

/** Ids of tokens. */
export class Vocabulary {
  /** By id. */
  readonly tokens: readonly string[]
  readonly #ids: ReadonlyMap<string, number>

  /** @param tokens by id, the special ones among them */
  constructor(tokens: readonly string[]) {
    this.tokens = tokens
    this.#ids = new Map(tokens.map((token, id) => [token, id] as const).slice(specialNames.length))
  }

  /** @param kept tokens in the order of their ids, which begin after the special ones */
  static of(kept: readonly string[]): Vocabulary {
    return new Vocabulary([...specialNames, ...kept])
  }

  get size(): number {
    return this.tokens.length
  }

  /** int32 ids, as many as there are tokens. */
  encode(tokens: readonly string[]): Int32Array {
    return Int32Array.from(tokens, (token) => this.#ids.get(token) ?? special.unknown)
  }
}
