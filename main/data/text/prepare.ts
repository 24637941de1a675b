/** What texts are encoded by: a vocabulary or merges, made of the training texts only, or a tokenizer that is given. */
import { extname } from 'node:path'
import { absolutePath } from '../files.ts'
import type { Pace } from '../pace.ts'
import { refuse } from '../refuse.ts'
import { bpeFile } from './bpe/file.ts'
import { alphabet, trainMerges, WordCounter } from './bpe/train.ts'
import type { Trained } from './bpe/train.ts'
import { readTokenizerFile } from './tokenizerFile.ts'
import type { TokenizerFile } from './tokenizerFile.ts'
import { FileTokenizer } from './tokenizerFile.ts'
import type { TextOptions, TextPreparation } from './tokenizers.ts'
import { byteTokens, specialNames, TokenCounter, tokensOf } from './tokens.ts'
import { pieces } from './pieces.ts'

/** Characters of training text that merges are learnt from; more changes little. */
const mostCharacters = 64 << 20

/** Training texts, asked for once. */
export type Texts = Iterable<string>

/** @throws UserError `data/tokenizer-file`, `data/options` */
export async function prepareTexts(texts: Texts, options: TextOptions, pace: Pace): Promise<TextPreparation> {
  const { tokenizer, vocabularySize, minimumFrequency } = options
  switch (tokenizer) {
    case 'byte':
      return { text: options, vocabulary: [...specialNames, ...byteTokens], tokenizer: null }
    case 'bpe':
      return ofFile(options, bpeFile(await trainOn(texts, options, pace)))
    case 'file':
      return ofFile(options, await givenFile(options))
    default: {
      const counter = new TokenCounter()
      for (const text of texts)
        for (const piece of pieces(text)) {
          await pace.rest()
          counter.add(tokensOf(piece, tokenizer))
        }
      const kept = await counter.mostFrequent(vocabularySize, pace, minimumFrequency)
      return { text: options, vocabulary: [...specialNames, ...kept], tokenizer: null }
    }
  }
}

const ofFile = (options: TextOptions, tokenizer: TokenizerFile): TextPreparation => ({
  text: options,
  vocabulary: new FileTokenizer(tokenizer, false).tokens.slice(),
  tokenizer,
})

async function trainOn(
  texts: Texts,
  { vocabularySize, minimumFrequency }: TextOptions,
  pace: Pace,
): Promise<Trained> {
  const words = new WordCounter()
  let characters = 0
  for (const text of texts) {
    await words.add(text, pace)
    characters += text.length
    if (characters > mostCharacters) break
  }
  return trainMerges(
    words.counts,
    { size: Math.max(alphabet.length, vocabularySize), minimumFrequency },
    pace,
  )
}

/** The file that was chosen. @throws UserError */
export function givenFile({ tokenizerFile }: TextOptions): Promise<TokenizerFile> {
  if (tokenizerFile === null)
    refuse('options', 'No tokenizer file was chosen.', 'Choose the tokenizer.json, or another tokenizer.')
  if (extname(tokenizerFile).toLowerCase() !== '.json')
    refuse('tokenizer-file', `${tokenizerFile} is no .json file.`, 'Choose a tokenizer.json.')
  return readTokenizerFile(absolutePath(tokenizerFile))
}
