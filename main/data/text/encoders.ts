/** The two ways in which labelled texts become samples: token ids in their order, or a bag of words. */
import type { Pace } from '../pace.ts'
import { count, refuse } from '../refuse.ts'
import type { Encoded, Encoder } from '../sources/source.ts'
import type { Order } from '../split.ts'
import { encodeText } from './encode.ts'
import { prepareTexts } from './prepare.ts'
import { share } from './share.ts'
import type { TextStore } from './store.ts'
import { tokenizerOf } from './tokenizers.ts'
import type { TextOptions, TextPreparation, TextTokenizer } from './tokenizers.ts'
import { special, specialNames } from './tokens.ts'

/** Characters of a text that are kept for the preview. */
const keptCharacters = 2000

/** Counts of the vocabulary's words. @throws UserError `data/no-words` */
export async function bagEncoder(
  texts: TextStore,
  options: TextOptions,
  order: Order,
  pace: Pace,
  fitted: TextPreparation | null,
): Promise<Encoder> {
  const preparation = fitted ?? (await prepareTexts(trainingTexts(texts, order), options, pace))
  const { vocabulary } = preparation
  if (vocabulary.length === 0) refuseWordless(order.train.length)
  function* encode(wanted: readonly number[]): Generator<Encoded> {
    for (const row of wanted) {
      const text = texts.get(row)
      const { input } = encodeText(text, preparation)
      yield { row, input: new Uint8Array(input.buffer), item: itemOf(text), problem: null }
    }
  }
  return {
    sampleShape: [vocabulary.length],
    storedDtype: 'uint8',
    bytes: texts.length * vocabulary.length,
    encode: (wanted) => asynchronous(encode(wanted)),
    note: 'Counting words',
    sizes: new Map(),
    vocabulary,
    notes: () => [],
  }
}

/** Token ids, `[T]`; a vocabulary of the training texts only. @throws UserError `data/no-words` */
export async function tokenEncoder(
  texts: TextStore,
  options: TextOptions,
  order: Order,
  pace: Pace,
  fitted: TextPreparation | null,
): Promise<Encoder> {
  const preparation = fitted ?? (await prepareTexts(trainingTexts(texts, order), options, pace))
  const { vocabulary } = preparation
  if (vocabulary.length === specialNames.length) refuseWordless(order.train.length)
  const seen = { texts: 0, cut: 0, tokens: 0, unknown: 0 }
  function* encode(wanted: readonly number[]): Generator<Encoded> {
    for (const row of wanted) {
      const text = texts.get(row)
      const { input: ids, cut } = encodeText(text, preparation)
      if (ids.length === 0) {
        yield { row, input: null, item: itemOf(text), problem: 'no token in the text' }
        continue
      }
      seen.texts += 1
      seen.tokens += ids.length
      if (cut) seen.cut += 1
      for (const id of ids) if (id === special.unknown) seen.unknown += 1
      const input = new Uint8Array(ids.buffer)
      yield { row, input, extents: [ids.length], item: itemOf(text), problem: null }
    }
  }
  let bytes = 0
  for (let row = 0; row < texts.length; row += 1) {
    await pace.rest()
    bytes += 4 * Math.min(options.maximumLength, texts.bytes(row) + 2)
  }
  return {
    sampleShape: ['T'],
    storedDtype: 'int32',
    bytes,
    encode: (wanted) => asynchronous(encode(wanted)),
    note: 'Encoding texts',
    sizes: new Map(),
    vocabulary,
    tokenizer: preparation.tokenizer,
    notes: () => [
      ...tokenizerNotes(preparation, tokenizerOf(preparation), 'texts'),
      `${share(seen.unknown, seen.tokens)} of the tokens are unknown.`,
      seen.cut > 0
        ? `${share(seen.cut, seen.texts)} of the texts are cut at ${count(options.maximumLength, 'token')}.`
        : 'No text is cut.',
    ],
  }
}

/** What the ids are, in sentences. */
export function tokenizerNotes(
  { text: { tokenizer }, vocabulary }: TextPreparation,
  { before, after, tokens }: Pick<TextTokenizer, 'before' | 'after' | 'tokens'>,
  of: 'text' | 'texts',
): string[] {
  const ids = count(vocabulary.length, 'token id')
  const kept = vocabulary.length - specialNames.length
  const around = [...before, ...after].map((id) => tokens[id]!)
  switch (tokenizer) {
    case 'bpe':
      return [
        `${ids}: 256 bytes and ${count(kept - 256, 'merge')} of the training ${of}, 0 for padding, 1 for unknown.`,
      ]
    case 'file':
      return [
        `${ids} of the tokenizer file, in its order after 0, its padding ("${vocabulary[0]!}"), and 1, its unknown ("${vocabulary[1]!}").`,
        ...(around.length > 0 ? [`It puts ${around.join(' ')} around every text.`] : []),
      ]
    default:
      return [`${ids}: ${count(kept, tokenizer)} of the training ${of}, 0 for padding, 1 for unknown.`]
  }
}

export function* trainingTexts(texts: TextStore, order: Pick<Order, 'train'>): Generator<string> {
  for (const row of order.train) yield texts.get(row)
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
