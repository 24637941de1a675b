import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './fixtures.ts'
import { inspect, sampleSets } from './index.ts'

const resources = join(import.meta.dirname, '../../resources')

test('the shipped samples are there and understood', async () => {
  const samples = sampleSets(resources)
  expect(samples.map((sample) => sample.id)).toEqual(['digits', 'shapes', 'topics'])
  const guesses = await Promise.all(samples.map((sample) => inspect(sample.path)))
  expect(guesses.map((guess) => guess.options.kind)).toEqual(['idx', 'image-folder', 'text-classes'])
  expect(guesses.map((guess) => guess.sampleCount)).toEqual([3000, 900, 1200])
})

test('no samples is no error', async () => {
  expect(sampleSets(await temporaryFolder())).toEqual([])
})
