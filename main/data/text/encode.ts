/** One text as an input of a model, exactly as the import makes it; prediction calls the same. */
import { BagOfWords } from './bagOfWords.ts'
import { pieces } from './pieces.ts'
import { tokenizerOf } from './tokenizers.ts'
import type { TextPreparation, TextTokenizer } from './tokenizers.ts'

export interface EncodedText {
  /** Token ids, `[T]`; or counts of words, `[size]`. */
  input: Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>
  /** Whether tokens beyond the maximum length were left out. */
  cut: boolean
}

const bags = new WeakMap<TextPreparation, BagOfWords>()

/**
 * Token ids cut at the maximum length, with the tokens that a tokenizer file puts around a text; or counts of words.
 * Empty where the text has no token.
 */
export function encodeText(text: string, preparation: TextPreparation): EncodedText {
  if (preparation.text.representation === 'tokens')
    return encodeTokens(text, tokenizerOf(preparation), preparation.text.maximumLength)
  let bag = bags.get(preparation)
  if (!bag) bags.set(preparation, (bag = new BagOfWords(preparation.vocabulary)))
  return { input: bag.encode(text), cut: false }
}

function encodeTokens(text: string, tokenizer: TextTokenizer, most: number): EncodedText {
  const { before, after } = tokenizer
  const room = Math.max(0, most - before.length - after.length)
  const ids: number[] = []
  let cut = false
  // A long text is encoded only as far as it is kept.
  for (const piece of pieces(text)) {
    const some = tokenizer.encode(piece)
    cut = ids.length + some.length > room
    for (let at = 0; at < some.length && ids.length < room; at += 1) ids.push(some[at]!)
    if (cut) break
  }
  if (ids.length === 0) return { input: new Int32Array(), cut }
  return { input: Int32Array.from([...before, ...ids, ...after].slice(0, most)), cut }
}
