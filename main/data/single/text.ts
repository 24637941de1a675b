import { words } from '../text/bagOfWords.ts'
import { encodeText, type EncodedText } from '../text/encode.ts'
import { special } from '../text/tokens.ts'
import { tokenizerOf, type TextPreparation } from '../text/tokenizers.ts'
import { figure, refuse } from '../refuse.ts'
import type { SingleSample } from './index.ts'

const mostShown = 2000
/** Characters of a text that are shown token by token. */
const shownCharacters = 40_000

/**
 * @param context tokens that a language model reads: the last ones; null for everything else, which reads from the beginning
 * @throws UserError `data/no-tokens` of a text without any
 */
export function textSample(
  whole: string,
  preparation: TextPreparation,
  context: number | null,
  shown: boolean,
): SingleSample {
  const text = context === null ? whole : whole.slice(-shownCharacters)
  const { input, cut } =
    context === null ? encodeText(text, preparation) : lastTokens(text, context, preparation)
  const ids = Array.from(input)
  const bag = preparation.text.representation === 'bag-of-words'
  if (ids.length === 0 || (bag && text.trim() === ''))
    refuse('no-tokens', 'The text is empty: there is no token in it.', 'Write some words.')
  const seen = shown ? (bag ? wordsOf(text, preparation) : tokensOf(text, ids, preparation, context)) : []
  const unknown = bag
    ? seen.filter(({ known }) => !known).length
    : ids.filter((id) => id === special.unknown).length
  const all = bag ? seen.length : ids.length
  const most = figure(preparation.text.maximumLength)
  return {
    values: input,
    shape: [input.length],
    seen: {
      kind: 'text',
      tokens: seen.slice(0, mostShown),
      count: all,
      notes: [
        ...(cut
          ? [
              context === null
                ? `cut to its first ${most} tokens, as in training`
                : `only its last ${figure(context)} tokens are read`,
            ]
          : []),
        ...(unknown > 0
          ? [
              unknown === all
                ? 'none of its tokens occurred in training: the answer says nothing about it'
                : `${figure(unknown)} of ${figure(all)} tokens are unknown to the vocabulary`,
            ]
          : []),
      ],
    },
    columns: bag ? columnsOfWords(seen, preparation) : null,
  }
}

function lastTokens(text: string, most: number, preparation: TextPreparation): EncodedText {
  const ids = tokenizerOf(preparation).encode(text)
  return { input: Int32Array.from(ids.slice(-most)), cut: ids.length > most }
}

/** Every input of the model, with what it stands for. */
function tokensOf(
  text: string,
  ids: readonly number[],
  preparation: TextPreparation,
  context: number | null,
): { text: string; known: boolean }[] {
  const tokenizer = tokenizerOf(preparation)
  const { before, tokens } = tokenizer
  // Of a text whose end is read, the last ones.
  const own = tokenizer.shown(text.slice(0, shownCharacters)).slice(context === null ? 0 : -ids.length)
  return ids.map((id, at) => ({
    text: id === special.unknown ? (own[at - before.length] ?? '') : (tokens[id] ?? ''),
    known: id !== special.unknown,
  }))
}

function wordsOf(text: string, { vocabulary }: TextPreparation): { text: string; known: boolean }[] {
  const known = new Set(vocabulary)
  return words(text.slice(0, shownCharacters))
    .slice(0, mostShown)
    .map((word) => ({ text: word, known: known.has(word) }))
}

/** Which feature each word is counted in. */
function columnsOfWords(seen: readonly { text: string }[], { vocabulary }: TextPreparation): number[][] {
  const index = new Map(vocabulary.map((word, at) => [word, at]))
  return seen.map(({ text }) => {
    const at = index.get(text)
    return at === undefined ? [] : [at]
  })
}
