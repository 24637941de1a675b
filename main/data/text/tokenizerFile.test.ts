import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { refusal, temporaryFolder, tokenOptions } from '../fixtures.ts'
import { createPace } from '../pace.ts'
import { encodeText } from './encode.ts'
import { prepareTexts } from './prepare.ts'
import type { TextPreparation } from './tokenizers.ts'

/** A small tokenizer as BERT's: ids in another order than ours, and two tokens around every text. */
const wordPiece = {
  version: '1.0',
  truncation: null,
  padding: { strategy: 'BatchLongest', pad_id: 3, pad_token: '[PAD]' },
  added_tokens: ['[UNK]', '[CLS]', '[SEP]', '[PAD]'].map((content, id) => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  })),
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [1], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [2], tokens: ['[SEP]'] },
    },
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: { '[UNK]': 0, '[CLS]': 1, '[SEP]': 2, '[PAD]': 3, play: 4, '##ing': 5, chess: 7 },
  },
}

async function chosen(
  content: unknown,
  maximumLength = 256,
  name = 'tokenizer.json',
): Promise<TextPreparation> {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return prepareTexts(
    [],
    { ...tokenOptions.text!, tokenizer: 'file', tokenizerFile: path, maximumLength },
    createPace(),
  )
}

const shown = (preparation: TextPreparation, text: string): string[] =>
  [...encodeText(text, preparation).input].map((id) => preparation.vocabulary[id]!)

describe('a tokenizer.json', () => {
  test('has its padding at 0, its unknown at 1, and the others in their order', async () => {
    const preparation = await chosen(wordPiece)
    expect(preparation.vocabulary).toEqual(['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'play', '##ing', 'chess'])
    expect([...encodeText('Playing chess', preparation).input]).toEqual([2, 4, 5, 6, 3])
    expect(shown(preparation, 'plays chess')).toEqual(['[CLS]', '[UNK]', 'chess', '[SEP]'])
  })

  test('keeps what stands around a text when the text is cut', async () => {
    const preparation = await chosen(wordPiece, 4)
    expect(encodeText('playing chess', preparation)).toMatchObject({ cut: true })
    expect(shown(preparation, 'playing chess')).toEqual(['[CLS]', 'play', '##ing', '[SEP]'])
    expect(encodeText('', preparation).input).toHaveLength(0)
  })

  test('survives being stored', async () => {
    const preparation = await chosen(wordPiece)
    const stored = JSON.parse(JSON.stringify(preparation)) as TextPreparation
    expect(encodeText('Playing chess', stored)).toEqual(encodeText('Playing chess', preparation))
  })

  test('without special tokens has ids that never occur in their place', async () => {
    const preparation = await chosen({
      ...wordPiece,
      added_tokens: [],
      padding: null,
      post_processor: null,
      normalizer: null,
      model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: [['a', 'b']] },
    })
    expect(preparation.vocabulary).toEqual(['<pad>', '<unk>', 'a', 'b', 'ab'])
    expect(shown(preparation, 'ab b')).toEqual(['ab', 'b'])
  })

  test('of Unigram, with a metaspace', async () => {
    const preparation = await chosen({
      ...wordPiece,
      added_tokens: [],
      padding: null,
      normalizer: null,
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
      decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
      post_processor: null,
      model: {
        type: 'Unigram',
        unk_id: 0,
        vocab: [
          ['<unk>', 0],
          ['▁a', -1],
          ['b', -2],
          ['▁', -3],
        ],
      },
    })
    expect(shown(preparation, 'a ab')).toEqual([' a', ' a', 'b'])
  })

  test.each<[string, unknown, string]>([
    ['no JSON', '{"model":', 'it is not JSON'],
    ['another JSON', { hello: 1 }, 'model'],
    ['a vocabulary that is none', { ...wordPiece, model: { vocab: { a: 'b' } } }, 'model.vocab'],
    ['an unknown part', { ...wordPiece, pre_tokenizer: { type: 'Telepathy' } }, 'Telepathy'],
    [
      'ids beyond all measure',
      { ...wordPiece, model: { ...wordPiece.model, vocab: { a: 1e12 } } },
      'model.vocab',
    ],
  ])('is refused when it is %s', async (_, content, says) => {
    const refused = await refusal(chosen(content))
    expect(refused.code).toBe('data/tokenizer-file')
    expect(refused.what).toContain(says)
  })

  test('must be there, and be one', async () => {
    const options = { ...tokenOptions.text!, tokenizer: 'file' as const }
    const from = (tokenizerFile: string | null) =>
      refusal(prepareTexts([], { ...options, tokenizerFile }, createPace()))
    expect((await from(null)).code).toBe('data/options')
    expect((await from('/nowhere/tokenizer.json')).code).toBe('data/missing')
    expect((await from('/nowhere/tokenizer.model')).code).toBe('data/tokenizer-file')
  })
})
