/** Real data, for tests only; skipped by name where it is absent. */
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../common/data/dataset.ts'
import type { Guess } from '../common/data/guess.ts'
import { importDataset, inspect, preview } from './index.ts'

const shared = join(import.meta.dirname, '../../../shared/data')
let datasetsFolder = ''
beforeAll(async () => {
  datasetsFolder = await mkdtemp(join(tmpdir(), 'tapedeck-shared-'))
})
afterAll(() => rm(datasetsFolder, { recursive: true, force: true }))

async function load(
  name: string,
  change: Partial<Guess['options']> = {},
): Promise<{ guess: Guess; dataset: Dataset }> {
  const guess = await inspect(resolve(shared, name))
  const dataset = await importDataset(
    resolve(shared, name),
    { ...guess.options, ...change },
    { datasetsFolder },
  )
  expect(dataset.classes.map((entry) => entry.train + entry.validation)).toEqual(
    guess.classes.map((entry) => entry.count),
  )
  expect(dataset.problemCount).toBe(0)
  return { guess, dataset }
}

describe.skipIf(!existsSync(shared))('real data (shared data)', () => {
  test('mnist (shared data)', async () => {
    const { guess, dataset } = await load('mnist')
    expect(guess).toMatchObject({ sampleCount: 10000, givenSplit: false })
    expect(dataset.sampleShape).toEqual([1, 28, 28])
    expect(dataset.mean / 255).toBeCloseTo(0.133, 2)
    expect(dataset.std / 255).toBeCloseTo(0.31, 2)
    expect(dataset.validationCount / 10000).toBeCloseTo(0.2, 1)
  })

  test('ants_bees (shared data)', async () => {
    const { guess, dataset } = await load('ants_bees')
    expect(guess.options.image).toMatchObject({ sizing: 'keep', longestSide: 160, mostPadding: 0.1 })
    expect(dataset.sampleShape).toEqual([3, 'H', 'W'])
    expect(dataset.buckets.length).toBeLessThan(20)
    for (const { width, height } of dataset.buckets) expect(Math.max(width, height)).toBeLessThanOrEqual(160)
    expect(guess.givenSplit).toBe(true)
    expect(dataset.classes.map(({ name }) => name)).toEqual(['ants', 'bees'])
    expect(dataset.sizes).toHaveLength(20)
  })

  test('cifar10_2k (shared data)', async () => {
    const whole = await inspect(join(shared, 'cifar10_2k'))
    expect(whole).toMatchObject({
      sampleCount: 2000,
      options: { image: { height: 32, width: 32, channels: 3 } },
    })
    expect(whole.classes).toHaveLength(10)
    // Two of its classes: decoding all takes seconds.
    const some = join(datasetsFolder, '.some')
    for (const name of ['cat', 'ship'])
      await cp(join(shared, 'cifar10_2k', name), join(some, name), { recursive: true })
    const { dataset } = await load(some)
    expect(dataset.sizes).toEqual([{ width: 32, height: 32, count: 400 }])
  })

  test('sms (shared data)', async () => {
    const { guess, dataset } = await load('sms')
    expect(guess.classes).toEqual([
      { name: 'ham', count: 4827 },
      { name: 'spam', count: 747 },
    ])
    expect(dataset.sampleShape).toEqual(['T'])
    expect(dataset.vocabularySize).toBeGreaterThan(3000)
    const query = { split: null, classIndex: 1, offset: 0, limit: 5 }
    const { total, items } = await preview(dataset, datasetsFolder, query)
    expect(total).toBe(747)
    expect(items.every((item) => item.image === null && item.text && item.tokens)).toBe(true)
  })

  test('names (shared data)', async () => {
    const { guess, dataset } = await load('names')
    expect(guess.classes).toHaveLength(18)
    expect(guess.reasons.join(' ')).toContain('single word')
    expect(guess.options.text).toMatchObject({ representation: 'tokens', tokenizer: 'character' })
    expect(dataset).toMatchObject({ sampleShape: ['T'], content: 'tokens', storedDtype: 'int32' })
    expect(dataset.symbols.T!.largest).toBeLessThan(25)
  })
})
