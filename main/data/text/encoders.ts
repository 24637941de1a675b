/** The two ways in which labelled texts become samples: token ids in their order, or a bag of words. */
import type { ImportOptions } from '../../common/schemas.ts'
import type { Pace } from '../pace.ts'
import { count, refuse } from '../refuse.ts'
import type { Encoded, Encoder } from '../sources/source.ts'
import type { Order } from '../split.ts'
import { BagOfWords, words } from './bagOfWords.ts'
import { share } from './share.ts'
import { byteTokens, special, TokenCounter, tokensOf, Vocabulary } from './tokens.ts'

export type TextOptions = NonNullable<ImportOptions['text']>

/** Characters of a text that are kept for the preview. */
const keptCharacters = 2000

/** Counts of the vocabulary's words. @throws UserError `data/no-words` */
export async function bagEncoder(
  texts: readonly string[],
  options: TextOptions,
  order: Order,
  pace: Pace,
): Promise<Encoder> {
  const counter = new TokenCounter()
  for (const row of order.train) {
    await pace.rest()
    counter.add(words(texts[row]!))
  }
  const vocabulary = await counter.mostFrequent(options.vocabularySize, pace, options.minimumFrequency)
  if (vocabulary.length === 0) refuseWordless(order.train.length)
  const bag = new BagOfWords(vocabulary)
  function* encode(wanted: readonly number[]): Generator<Encoded> {
    for (const row of wanted)
      yield { row, input: bag.encode(texts[row]!), item: itemOf(texts[row]!), problem: null }
  }
  return {
    sampleShape: [bag.size],
    storedDtype: 'uint8',
    bytes: texts.length * bag.size,
    encode: (wanted) => asynchronous(encode(wanted)),
    note: 'Counting words',
    sizes: new Map(),
    vocabulary,
    notes: () => [],
  }
}

/** Token ids, `[T]`; a vocabulary of the training texts only. @throws UserError `data/no-words` */
export async function tokenEncoder(
  texts: readonly string[],
  options: TextOptions,
  order: Order,
  pace: Pace,
): Promise<Encoder> {
  const { tokenizer, maximumLength } = options
  const vocabulary = await vocabularyOf(texts, options, order.train, pace)
  if (vocabulary.size === 2) refuseWordless(order.train.length)
  const seen = { texts: 0, cut: 0, tokens: 0, unknown: 0 }
  function* encode(wanted: readonly number[]): Generator<Encoded> {
    for (const row of wanted) {
      const tokens = tokensOf(texts[row]!, tokenizer)
      if (tokens.length === 0) {
        yield { row, input: null, item: itemOf(texts[row]!), problem: 'no token in the text' }
        continue
      }
      const ids = vocabulary.encode(tokens.slice(0, maximumLength))
      seen.texts += 1
      seen.tokens += ids.length
      if (tokens.length > maximumLength) seen.cut += 1
      for (const id of ids) if (id === special.unknown) seen.unknown += 1
      const input = new Uint8Array(ids.buffer)
      yield { row, input, extents: [ids.length], item: itemOf(texts[row]!), problem: null }
    }
  }
  return {
    sampleShape: ['T'],
    storedDtype: 'int32',
    bytes: texts.reduce((sum, text) => sum + 4 * Math.min(maximumLength, text.length), 0),
    encode: (wanted) => asynchronous(encode(wanted)),
    note: 'Encoding texts',
    sizes: new Map(),
    vocabulary: vocabulary.tokens,
    notes: () => [
      `${count(vocabulary.size, 'token id')}: ${count(vocabulary.size - 2, tokenizer)} of the training texts, 0 for padding, 1 for unknown.`,
      `${share(seen.unknown, seen.tokens)} of the tokens are unknown.`,
      seen.cut > 0
        ? `${share(seen.cut, seen.texts)} of the texts are cut at ${count(maximumLength, 'token')}.`
        : 'No text is cut.',
    ],
  }
}

/** Of the given rows of `texts`, which are those that train. */
export async function vocabularyOf(
  texts: readonly string[],
  options: Pick<TextOptions, 'tokenizer' | 'vocabularySize' | 'minimumFrequency'>,
  rows: readonly number[],
  pace: Pace,
): Promise<Vocabulary> {
  if (options.tokenizer === 'byte') return new Vocabulary(byteTokens)
  const counter = new TokenCounter()
  for (const row of rows) {
    await pace.rest()
    counter.add(tokensOf(texts[row]!, options.tokenizer))
  }
  return new Vocabulary(await counter.mostFrequent(options.vocabularySize, pace, options.minimumFrequency))
}

function refuseWordless(trainingTexts: number): never {
  refuse(
    'no-words',
    `None of the ${count(trainingTexts, 'training text')} has a word in it that is kept.`,
    'Check that the right column is the text, or lower the minimum frequency.',
  )
}

const itemOf = (text: string): string => text.slice(0, keptCharacters)

async function* asynchronous<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items
}
