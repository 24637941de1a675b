import { describe, expect, it } from 'vitest'
import { defaultTrainConfig, trainConfigSchema } from '../../../main/common/training.ts'
import { defaultsOf, groups, isUsual, type Group } from './groups.ts'
import { numbers } from './numbers.ts'

const all: Group[] = Object.values(groups)
const changed = (group: Group, change: object): string =>
  group.changed(trainConfigSchema.parse({ ...defaultTrainConfig, ...change }), null).join('; ')

describe('groups of settings', () => {
  it('say nothing of what is as usual', () => {
    for (const group of all) {
      expect(group.changed(defaultTrainConfig, null)).toEqual([])
      expect(isUsual(group, defaultTrainConfig)).toBe(true)
    }
  })

  it('hold every setting once, but for those that are always shown and those of other pages', () => {
    const elsewhere = ['optimizer', 'learningRate', 'batchSize', 'epochs', 'disabledRewrites', 'overfitBatch']
    const held = [...all.flatMap(({ keys }) => [...keys]), ...elsewhere].sort()
    expect(held).toEqual(Object.keys(trainConfigSchema.shape).sort())
  })

  it('say in a line what is not', () => {
    const schedule = { ...defaultTrainConfig.schedule, kind: 'cosine', warmupSteps: 100 }
    expect(changed(groups.schedule, { schedule })).toBe('cosine, 100 steps of warm-up')
    expect(changed(groups.gradients, { clipNorm: 1, accumulate: 4 })).toBe('clip 1; 4 batches a step')
    expect(changed(groups.optimizer, { optimizer: 'adamw', momentum: 0.5, weightDecay: 0.01 })).toBe(
      'decay 0.01',
    )
    expect(changed(groups.optimizer, { momentum: 0.5, nesterov: true })).toBe('momentum 0.5; Nesterov')
    expect(changed(groups.stopping, { earlyStopping: { metric: 'val/accuracy', patience: 3 } })).toBe(
      'val/accuracy, patience 3',
    )
    expect(changed(groups.engine, { precision: 'bfloat16', probeEvery: 0 })).toBe('bfloat16; no probes')
  })

  it('say how many layers are frozen', () => {
    expect(changed(groups.frozen, { frozen: ['a', 'b'] })).toBe('2 layers frozen')
    expect(changed(groups.frozen, { frozen: ['a'] })).toBe('1 layer frozen')
  })

  it('go back to what is usual', () => {
    const config = { ...defaultTrainConfig, clipNorm: 1, ema: 0.9, epochs: 9 }
    expect(isUsual(groups.gradients, config)).toBe(false)
    const back = { ...config, ...defaultsOf(groups.gradients) }
    expect(isUsual(groups.gradients, back)).toBe(true)
    expect(back.epochs).toBe(9)
  })
})

it('no two numbers share a key, and the example of each is allowed', () => {
  const keys = Object.values(numbers).map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
  for (const { wrong, schema } of Object.values(numbers)) {
    const example = /such as ([\d.e-]*\d)/.exec(wrong)?.[1]
    if (example !== undefined) expect(schema.safeParse(Number(example)).success, wrong).toBe(true)
    expect(schema.safeParse(-1).success, wrong).toBe(false)
  }
})
