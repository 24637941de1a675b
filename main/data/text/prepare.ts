/** What texts are encoded by: a vocabulary or merges, made of the training texts only, or a tokenizer that is given. */
import { extname } from 'node:path'
import { absolutePath } from '../files.ts'
import type { Pace } from '../pace.ts'
import { refuse } from '../refuse.ts'
import { words } from './bagOfWords.ts'
import { bpeFile } from './bpe/file.ts'
import { alphabet, trainMerges, WordCounter } from './bpe/train.ts'
import type { Trained } from './bpe/train.ts'
import { pieces } from './pieces.ts'
import { FileTokenizer, readTokenizerFile } from './tokenizerFile.ts'
import type { TokenizerFile } from './tokenizerFile.ts'
import type { TextOptions, TextPreparation } from './tokenizers.ts'
import { byteTokens, specialNames, TokenCounter, tokensOf } from './tokens.ts'

/** Characters of training text that merges are learnt from; more changes little. */
const mostCharacters = 64 << 20

/** Training texts, each asked for once. */
export type Texts = Iterable<string>

/** Trains byte pairs; a survey keeps what it trained for the next one. */
export type Trainer = (texts: Texts, options: TextOptions, pace: Pace) => Promise<Trained>

/** @throws UserError `data/tokenizer-file`, `data/options` */
export async function prepareTexts(
  texts: Texts,
  options: TextOptions,
  pace: Pace,
  train: Trainer = trainOn,
): Promise<TextPreparation> {
  const { representation, tokenizer } = options
  if (representation === 'bag-of-words')
    return { text: options, vocabulary: await mostFrequent(texts, options, words, pace), tokenizer: null }
  switch (tokenizer) {
    case 'byte':
      return { text: options, vocabulary: [...specialNames, ...byteTokens], tokenizer: null }
    case 'bpe':
      return ofFile(options, bpeFile(await train(texts, options, pace)))
    case 'file':
      return ofFile(options, await givenFile(options))
    default: {
      const kept = await mostFrequent(texts, options, (text) => tokensOf(text, tokenizer), pace)
      return { text: options, vocabulary: [...specialNames, ...kept], tokenizer: null }
    }
  }
}

async function mostFrequent(
  texts: Texts,
  { vocabularySize, minimumFrequency }: TextOptions,
  tokens: (text: string) => string[],
  pace: Pace,
): Promise<string[]> {
  const counter = new TokenCounter()
  for (const text of texts)
    for (const piece of pieces(text)) {
      await pace.rest()
      counter.add(tokens(piece))
    }
  return counter.mostFrequent(vocabularySize, pace, minimumFrequency)
}

const ofFile = (options: TextOptions, tokenizer: TokenizerFile): TextPreparation => ({
  text: options,
  vocabulary: new FileTokenizer(tokenizer, false).tokens,
  tokenizer,
})

/** Words of the texts and how often they occur, from their beginning. */
export async function wordCounts(texts: Texts, pace: Pace): Promise<ReadonlyMap<string, number>> {
  const counter = new WordCounter()
  let characters = 0
  for (const text of texts) {
    await counter.add(text, pace)
    characters += text.length
    if (characters > mostCharacters) break
  }
  return counter.counts
}

/** Tokens that are asked for: those of single bytes are always there. */
export const bpeSize = ({ vocabularySize }: Pick<TextOptions, 'vocabularySize'>): number =>
  Math.max(alphabet.length, vocabularySize)

async function trainOn(texts: Texts, options: TextOptions, pace: Pace): Promise<Trained> {
  const { minimumFrequency } = options
  return trainMerges(await wordCounts(texts, pace), { size: bpeSize(options), minimumFrequency }, pace)
}

/** The file that was chosen. @throws UserError */
export function givenFile({ tokenizerFile }: TextOptions): Promise<TokenizerFile> {
  if (tokenizerFile === null)
    refuse('options', 'No tokenizer file was chosen.', 'Choose the tokenizer.json, or another tokenizer.')
  if (extname(tokenizerFile).toLowerCase() !== '.json')
    refuse('tokenizer-file', `${tokenizerFile} is no .json file.`, 'Choose a tokenizer.json.')
  return readTokenizerFile(absolutePath(tokenizerFile))
}
