import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './fixtures.ts'
import { inspect, sampleSets } from './index.ts'

const resources = join(import.meta.dirname, '../../resources')

test('the shipped samples are there and understood', async () => {
  const samples = sampleSets(resources)
  const guesses = await Promise.all(samples.map((sample) => inspect(sample.path)))
  const said = samples.map(({ id }, at) => [id, guesses[at]!.options.kind, guesses[at]!.sampleCount])
  expect(said).toEqual([
    ['digits', 'idx', 3000],
    ['shapes', 'image-folder', 900],
    ['topics', 'text-classes', 1200],
    ['sequences', 'text-classes', 1600],
    ['story', 'running-text', 3130],
    ['any-size', 'image-folder', 400],
    ['houses', 'table', 1200],
    ['flowers', 'table', 450],
  ])
  expect(guesses[3]!.options.text?.tokenizer).toBe('character')
  expect(guesses[5]!.options.image?.sizing).toBe('keep')
  expect(guesses[6]!.options.table).toMatchObject({ target: 'price', task: 'regress', leaveOut: [] })
  expect(guesses[7]!.options.table).toMatchObject({ target: 'species', task: 'classify', leaveOut: [] })
})

test('no samples is no error', async () => {
  expect(sampleSets(await temporaryFolder())).toEqual([])
})
