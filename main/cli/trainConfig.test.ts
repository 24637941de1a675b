import { expect, it } from 'vitest'
import { defaultTrainConfig } from '../common/schemas.ts'
import { trainConfig } from './trainConfig.ts'

it('starts from the same defaults as the page', () => {
  expect(trainConfig({})).toEqual(defaultTrainConfig)
  expect(trainConfig({ epochs: '3', 'batch-size': '64', 'learning-rate': '1e-2', seed: '7' })).toEqual({
    ...defaultTrainConfig,
    epochs: 3,
    batchSize: 64,
    learningRate: 0.01,
    seed: 7,
  })
})

it('gives Adam its usual step unless one is named', () => {
  expect(trainConfig({ optimizer: 'adam' }).learningRate).toBe(0.001)
  expect(trainConfig({ optimizer: 'adam', 'learning-rate': '0.1' }).learningRate).toBe(0.1)
})

it.each([
  [{ epochs: 'three' }, '--epochs three'],
  [{ epochs: '' }, '--epochs '],
  [{ epochs: '0' }, '--epochs 0'],
  [{ epochs: '1.5' }, '--epochs 1.5'],
  [{ 'batch-size': '-1' }, '--batch-size -1'],
  [{ 'learning-rate': '1e9' }, '--learning-rate 1e9'],
  [{ optimizer: 'sdg' }, '--optimizer sdg'],
  [{ seed: '-1' }, '--seed -1'],
])('names the option and the value of %j', (typed, words) => {
  expect(() => trainConfig(typed)).toThrowError(words)
})
