/** From a text to token ids, by everything that the import decided and the checkpoint keeps. */
import type { ImportOptions } from '../../common/data/options.ts'
import { FileTokenizer } from './tokenizerFile.ts'
import type { TokenizerFile } from './tokenizerFile.ts'
import { special, textOf, tokensOf, Vocabulary } from './tokens.ts'
import type { RuleName } from './tokens.ts'

export type TextOptions = NonNullable<ImportOptions['text']>

/** All that turns a text into an input of a model: stored with the data set and with every model trained on it. */
export interface TextPreparation {
  text: TextOptions
  /** Tokens by id, or the words of a bag in the order of the features. */
  vocabulary: readonly string[]
  /** Of the tokenizers `bpe` and `file`; null for the others. */
  tokenizer: TokenizerFile | null
}

export interface TextTokenizer {
  /** What each id is shown as. */
  readonly tokens: readonly string[]
  /** Ids that stand before and after every text. */
  readonly before: readonly number[]
  readonly after: readonly number[]
  /** Ids of the text alone; what has none is `special.unknown`. */
  encode(text: string): Int32Array
  /** The text that ids stand for; where spaces were lost, as they are usually set. */
  decode(ids: readonly number[]): string
  /** What each of these ids stands for in the text: its own words where they are known to nobody. */
  shown(text: string): string[]
}

class RuleTokenizer implements TextTokenizer {
  readonly before = []
  readonly after = []
  readonly #vocabulary: Vocabulary
  readonly #rule: RuleName

  constructor(rule: RuleName, tokens: readonly string[]) {
    this.#rule = rule
    this.#vocabulary = new Vocabulary(tokens)
  }

  get tokens(): readonly string[] {
    return this.#vocabulary.tokens
  }

  encode(text: string): Int32Array {
    return this.#vocabulary.encode(tokensOf(text, this.#rule))
  }

  decode(ids: readonly number[]): string {
    return textOf(
      ids.flatMap((id) => (id === special.padding ? [] : (this.tokens[id] ?? []))),
      this.#rule,
    )
  }

  shown(text: string): string[] {
    return tokensOf(text, this.#rule)
  }
}

const made = new WeakMap<TextPreparation, TextTokenizer>()

/** The tokenizer of a preparation; made once for each. */
export function tokenizerOf(preparation: TextPreparation): TextTokenizer {
  const standing = made.get(preparation)
  if (standing) return standing
  const tokenizer = newTokenizer(preparation)
  made.set(preparation, tokenizer)
  return tokenizer
}

function newTokenizer({ text, vocabulary, tokenizer }: TextPreparation): TextTokenizer {
  if (text.tokenizer !== 'bpe' && text.tokenizer !== 'file')
    return new RuleTokenizer(text.tokenizer, vocabulary)
  if (!tokenizer) throw new Error(`[text] a preparation of ${text.tokenizer} without its tokenizer.json`)
  return new FileTokenizer(tokenizer, text.tokenizer === 'file')
}

/** Our id by the id that the preparation's `tokenizer.json` gives; null where there is none, or where they are the same. */
export function tokenizerIds(preparation: TextPreparation): readonly number[] | null {
  const tokenizer = tokenizerOf(preparation)
  if (!(tokenizer instanceof FileTokenizer)) return null
  const ids = [...tokenizer.ids]
  return ids.every((id, file) => id === file) ? null : ids
}
