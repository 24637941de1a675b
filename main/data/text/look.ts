/** What some of the texts of a source are like, and what that makes a good way to read them. */
import { figure } from '../refuse.ts'
import type { TextOptions } from './tokenizers.ts'
import { share } from './share.ts'
import { tokensOf } from './tokens.ts'

/** Longer texts are proposed to be cut: recurrent layers take a step, attention a row, for every token. */
const longestProposed = 256
const mostWords = 10_000

export class TextLook {
  texts = 0
  #single = 0
  readonly #words = new Map<string, number>()
  readonly #lengths = { word: [] as number[], character: [] as number[] }

  add(text: string): void {
    const words = tokensOf(text, 'word')
    this.texts += 1
    if (words.length <= 1) this.#single += 1
    this.#lengths.word.push(words.length)
    this.#lengths.character.push([...text].length)
    for (const word of words) this.#words.set(word, (this.#words.get(word) ?? 0) + 1)
  }

  /** Characters where most texts are a single word, words otherwise; with sentences that say so. */
  propose(): { text: TextOptions; said: string[] } {
    const single = this.#single > this.texts / 2
    const tokenizer = single ? 'character' : 'word'
    const lengths = this.#lengths[tokenizer].sort((a, b) => a - b)
    const at = (quantile: number): number => lengths[Math.floor(quantile * (lengths.length - 1))] ?? 1
    const unit = single ? 'characters' : 'words and signs'
    const repeated = [...this.#words.values()].filter((times) => times > 1).length
    const said = [
      single
        ? `${share(this.#single, this.texts)} of the texts are a single word: read as characters in their order.`
        : 'Read as words and signs in their order, each text as long as it is.',
      at(0) === at(1)
        ? `Every text has ${figure(at(0))} ${unit}.`
        : `Texts have ${figure(at(0))} to ${figure(at(1))} ${unit}, half of them at most ${figure(at(0.5))}.`,
    ]
    const cut = lengths.filter((length) => length > longestProposed).length
    if (cut > 0)
      said.push(
        `${share(cut, this.texts)} of them are longer than ${longestProposed} and would be cut there.`,
      )
    return {
      text: {
        representation: 'tokens',
        tokenizer,
        tokenizerFile: null,
        vocabularySize: single ? 1000 : Math.max(2, Math.min(mostWords, repeated)),
        minimumFrequency: single ? 1 : 2,
        maximumLength: longestProposed,
      },
      said,
    }
  }
}
