import { describe, expect, test } from 'vitest'
import { plainOptions, plainTable, type ImportOptions } from '../common/data/options.ts'
import { type Guess } from '../common/data/guess.ts'
import { typedReading } from './dataOptions.ts'

const image = {
  sizing: 'resize',
  height: 32,
  width: 32,
  channels: 3,
  longestSide: 96,
  mostPadding: 0,
} as const
const text = {
  representation: 'tokens',
  tokenizer: 'word',
  vocabularySize: 100,
  minimumFrequency: 1,
  tokenizerFile: null,
  maximumLength: 256,
} as const
const table = { ...plainTable, target: 'price', task: 'regress' } as const

function guessOf(part: Partial<ImportOptions>, others: Partial<ImportOptions>[] = []): Guess {
  const reading = (options: Partial<ImportOptions>): Omit<Guess, 'others'> => ({
    path: '/data/set',
    task: 'classify',
    options: { ...plainOptions, kind: 'idx', name: 'set', ...options } as ImportOptions,
    reasons: [],
    classes: [],
    sampleCount: 1,
    givenSplit: false,
    columns: [],
    headerRow: false,
  })
  return { ...reading(part), others: others.map(reading) }
}

const images = guessOf({ kind: 'image-folder', image } as Partial<ImportOptions>)
const texts = guessOf({ kind: 'text-classes', text } as Partial<ImportOptions>, [
  { kind: 'table', table } as Partial<ImportOptions>,
])

describe('options of the command line about data', () => {
  test('change nothing when nothing is typed', () => {
    expect(typedReading(texts, {}).options).toMatchObject({ kind: 'text-classes', text })
  })

  test('change what they name and nothing else', () => {
    const { options } = typedReading(images, { size: '64x48', channels: '1', test: '0.1', validation: '0.3' })
    expect(options).toMatchObject({
      image: { ...image, width: 64, height: 48, channels: 1 },
      split: { testShare: 0.1, by: 'item' },
      validationShare: 0.3,
    })
    expect(typedReading(images, { size: '64' }).options.image).toMatchObject({ width: 64, height: 64 })
  })

  test('take the path of a tokenizer', () => {
    const { options } = typedReading(texts, { tokenizer: '/models/tokenizer.json' })
    expect(options.text).toMatchObject({ tokenizer: 'file', tokenizerFile: '/models/tokenizer.json' })
  })

  test('choose another reading', () => {
    const { options } = typedReading(texts, { as: 'table', 'leave-out': 'id, name', task: 'classify' })
    expect(options.table).toMatchObject({ target: 'price', task: 'classify', leaveOut: ['id', 'name'] })
  })

  test.each([
    [images, { as: 'table' }, '/data/set cannot be read as table.'],
    [images, { tokenizer: 'word' }, '--tokenizer is for texts, and /data/set is read as image-folder.'],
    [images, { size: '64x48x3' }, '--size 64x48x3 is not possible: it is width x height'],
    [images, { size: 'large' }, '--size large is not possible: it is not a number'],
    [images, { size: '0x4' }, '--size 0x4 is not possible'],
    [images, { channels: '4' }, '--channels 4 is not possible'],
    [images, { validation: '0.9' }, '--validation 0.9 is not possible'],
    [images, { test: '' }, '--test  is not possible: it is not a number'],
    [images, { 'given-split': 'maybe' }, '--given-split maybe is not possible: it is yes or no'],
    [texts, { tokenizer: 'sentence' }, '--tokenizer sentence is not possible'],
    [texts, { 'max-length': '0' }, '--max-length 0 is not possible'],
    [texts, { 'split-by': 'moon' }, '--split-by moon is not possible'],
  ])('are refused with the option and the value: %#', (guess, typed, words) => {
    expect(() => typedReading(guess, typed)).toThrowError(words)
  })
})
