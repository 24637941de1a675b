import { expect, it } from 'vitest'
import { defaultTrainConfig } from '../common/training.ts'
import { type Dataset } from '../common/data/dataset.ts'
import { changesOf, plannedChanges, refuseWithoutEffect, trainConfig } from './trainConfig.ts'

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
  [{ schedule: 'cosin' }, '--schedule cosin'],
  [{ 'warmup-steps': '-3' }, '--warmup-steps -3'],
  [{ betas: '0.9' }, '--betas 0.9 is not possible: it is not two numbers'],
  [{ 'clip-norm': '0' }, '--clip-norm 0'],
  [{ ema: 'on' }, '--ema on is not possible: it is not a number'],
  [{ patience: '-1' }, '--patience -1'],
  [{ precision: 'float16' }, '--precision float16'],
  [{ 'checkpoint-every': '0' }, '--checkpoint-every 0'],
  [{ 'token-budget': '0' }, '--token-budget 0'],
  [{ balance: 'weight' }, '--balance weight'],
  [{ augment: 'flop' }, '--augment flop is not possible: there is no "flop"'],
  [{ augment: 'flip=1' }, '--augment flip=1 is not possible: flip takes no number'],
  [
    { augment: 'flip,shift' },
    '--augment flip,shift is not possible: shift needs a number, such as shift=0.1',
  ],
  [{ augment: 'rotate=x' }, 'rotate needs a number'],
  [{ augment: 'shift=0.7' }, '--augment shift=0.7 is not possible: shift'],
  [{ augment: '' }, '--augment '],
])('names the option and the value of %j', (typed, words) => {
  expect(() => trainConfig(typed)).toThrowError(words)
})

it('reads what a GPU may trade', () => {
  expect(trainConfig({ precision: 'tf32', nondeterministic: true })).toMatchObject({
    precision: 'tf32',
    deterministic: false,
  })
})

it('reads budget, balance and augmentation', () => {
  const { tokenBudget, balance, augmentation } = trainConfig({
    'token-budget': '4096',
    balance: 'weights',
    augment: 'flip, shift=0.1,rotate=15,colour=0.2,cutout=0.3,mixup=0.2',
  })
  expect([tokenBudget, balance]).toEqual([4096, 'weights'])
  expect(augmentation).toEqual({
    flip: true,
    shift: 0.1,
    rotate: 15,
    colour: 0.2,
    cutout: 0.3,
    mixup: 0.2,
  })
  expect(trainConfig({ augment: 'flip' }).augmentation).toMatchObject({ flip: true, shift: 0, mixup: 0 })
  const base = { ...defaultTrainConfig, augmentation }
  expect(trainConfig({}, base).augmentation).toEqual(augmentation)
  expect(trainConfig({ augment: 'none' }, base).augmentation).toBeNull()
})

it('says when an option has no effect on the data', () => {
  const houses = {
    name: 'houses',
    task: 'regress',
    content: 'values',
    sampleShape: [8],
    storedDtype: 'float32',
  } as unknown as Dataset
  expect(() => refuseWithoutEffect({ augment: 'flip' }, houses)).toThrowError(
    '--augment has no effect on "houses": it is for images.',
  )
  expect(() => refuseWithoutEffect({ balance: 'weights' }, houses)).toThrowError('it is for classes')
  expect(() => refuseWithoutEffect({ 'token-budget': '99' }, houses)).toThrowError('it is for texts')
  expect(() => refuseWithoutEffect({ epochs: '3' }, houses)).not.toThrow()
})

it('reads what belongs to groups, switches and values that may be off', () => {
  const typed = {
    optimizer: 'lion',
    betas: '0.9,0.99',
    schedule: 'cosine',
    'warmup-steps': '100',
    'early-stopping': 'val/accuracy',
    'clip-norm': 'off',
    'checkpoint-every': '50',
    'overfit-batch': true,
  }
  expect(trainConfig(typed, { ...defaultTrainConfig, clipNorm: 3 })).toEqual({
    ...defaultTrainConfig,
    optimizer: 'lion',
    learningRate: 0.0001,
    betas: [0.9, 0.99],
    schedule: { ...defaultTrainConfig.schedule, kind: 'cosine', warmupSteps: 100 },
    earlyStopping: { metric: 'val/accuracy', patience: 5, minDelta: 0 },
    clipNorm: null,
    checkpoints: { ...defaultTrainConfig.checkpoints, everySteps: 50 },
    overfitBatch: true,
  })
})

it('reads changes planned for a step', () => {
  expect(plannedChanges(['lr=0.01,clip-norm=1', 'epochs=9'], ['100', '0'])).toEqual([
    { atStep: 100, changes: { learningRate: 0.01, clipNorm: 1 } },
    { atStep: 0, changes: { epochs: 9 } },
  ])
})

it.each([
  [['lr=0.1'], [], '--set was given 1 times and --at 0 times'],
  [['lr'], ['1'], 'lr needs a value, such as lr=0.01'],
  [['seed=3'], ['1'], '"seed" cannot be changed while a run trains'],
  [['lr=fast'], ['1'], '--learning-rate fast'],
  [['lr=0.1'], ['soon'], '--at soon'],
])('refuses --set %j --at %j', (set, at, words) => {
  expect(() => plannedChanges(set, at)).toThrowError(words)
})

it('lets a run that goes on change what may change, and nothing else', () => {
  expect(changesOf({ 'learning-rate': '0.1', schedule: 'linear' }, defaultTrainConfig)).toEqual({
    learningRate: 0.1,
    schedule: { ...defaultTrainConfig.schedule, kind: 'linear' },
  })
  expect(() => changesOf({ optimizer: 'adam' }, defaultTrainConfig)).toThrowError(
    '--optimizer cannot be changed',
  )
})
