import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { surveySchema } from '../../common/data/guess.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import { put, refusal, temporaryFolder, textOptions, tokenOptions } from '../fixtures.ts'
import { importDataset, inspect } from '../index.ts'
import { surveyTexts } from './survey.ts'

const rows = Array.from(
  { length: 60 },
  (_, item) => `${item % 2 ? 'ham' : 'spam'}\tmessage ${item} says ${'so '.repeat(item % 5)}`,
)

async function table(content = rows.join('\n')): Promise<string> {
  return join(await put(await temporaryFolder(), { 'a.tsv': content }), 'a.tsv')
}

const withText = (change: Partial<NonNullable<ImportOptions['text']>>): ImportOptions => ({
  ...tokenOptions,
  text: { ...tokenOptions.text!, ...change },
})

describe('a survey of texts', () => {
  test('says what the import will say', async () => {
    const path = await table()
    const survey = surveySchema.parse(await surveyTexts(path, withText({ vocabularySize: 20 })))
    const dataset = await importDataset(path, withText({ vocabularySize: 20 }), {
      datasetsFolder: join(await temporaryFolder(), 'datasets'),
    })
    expect(survey).toMatchObject({ texts: 60, whole: true, vocabularySize: dataset.vocabularySize })
    expect(survey.notes[0]).toBe(dataset.notes[0])
    // A message's number is seen nowhere else.
    expect(survey.heldOut.unknown).toBeGreaterThan(0)
    expect(survey.lengths).toEqual([
      [3, 12],
      [4, 12],
      [5, 12],
      [6, 12],
      [7, 12],
    ])
    expect(survey.tokens).toBe(12 * 25)
  })

  test('shows texts of both sides token by token, unknown ones in their own words', async () => {
    const { examples } = await surveyTexts(await table(), withText({ minimumFrequency: 5 }))
    expect(examples).toHaveLength(20)
    expect(new Set(examples.map(({ split }) => split))).toEqual(new Set(['train', 'validation']))
    const [first] = examples
    expect(first!.tokens.map(({ unknown }) => unknown).slice(0, 3)).toEqual([false, true, false])
    expect(first!.tokens[0]).toMatchObject({ text: 'message' })
    expect(first!.tokens[1]!.text).toMatch(/^\d+$/)
    expect(first!.label).toMatch(/ham|spam/)
  })

  test('of byte pairs trains once, and less is the beginning of more', async () => {
    const path = await table()
    const large = await surveyTexts(path, withText({ tokenizer: 'bpe', vocabularySize: 300 }))
    const small = await surveyTexts(path, withText({ tokenizer: 'bpe', vocabularySize: 280 }))
    const again = await surveyTexts(await table(), withText({ tokenizer: 'bpe', vocabularySize: 280 }))
    expect([large, small].map(({ vocabularySize }) => vocabularySize)).toEqual([302, 282])
    expect(small).toEqual(again)
    expect(small.examples[0]!.tokens.map(({ text }) => text).join('')).toMatch(/^message \d+ says/)
    expect(small.heldOut.unknown).toBe(0)
  })

  test('of a bag of words, and of running text', async () => {
    const bag = await surveyTexts(await table(), textOptions)
    expect(bag.examples[0]!.tokens[0]).toMatchObject({ text: 'message', unknown: false })
    const path = join(
      await put(await temporaryFolder(), { 'book.txt': 'The cat sat.\n'.repeat(500) }),
      'book.txt',
    )
    const guess = await inspect(path)
    const running = await surveyTexts(path, guess.options)
    expect(running).toMatchObject({ lengths: [], tokens: 6500, heldOut: { unknown: 0 } })
    expect(running.notes.join(' ')).toContain('about 101 blocks of 64')
  })

  test('reads again what has changed', async () => {
    const path = await table()
    expect((await surveyTexts(path, tokenOptions)).texts).toBe(60)
    await writeFile(path, [...rows, 'ham\tone more text'].join('\n'))
    expect((await surveyTexts(path, tokenOptions)).texts).toBe(61)
  })

  test('is refused as an import is, and stops when told to', async () => {
    const path = await table()
    expect((await refusal(surveyTexts(path, { ...tokenOptions, kind: 'table' }))).code).toBe('data/options')
    const chosen = { header: false, input: 'text', label: 'column 1' }
    expect((await refusal(surveyTexts(path, { ...tokenOptions, columns: chosen }))).what).toContain(
      'no column "text"',
    )
    await expect(surveyTexts(path, tokenOptions, { signal: AbortSignal.abort() })).rejects.toThrow('abort')
  })
})

const sms = join(import.meta.dirname, '../../../../shared/data/sms')

test.skipIf(!existsSync(sms))('an option changed is answered at once (shared data)', async () => {
  const { options } = await inspect(sms)
  await surveyTexts(sms, options)
  const begin = performance.now()
  const { heldOut, lengths } = await surveyTexts(sms, {
    ...options,
    text: { ...options.text!, vocabularySize: 500 },
  })
  expect(performance.now() - begin).toBeLessThan(1000) // 0.1 s alone on the machine
  expect(heldOut.unknown / heldOut.tokens).toBeGreaterThan(0.1)
  expect(lengths.reduce((sum, [, count]) => sum + count, 0)).toBe(5574)
})
