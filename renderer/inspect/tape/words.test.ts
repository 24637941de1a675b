import { expect, test } from 'vitest'
import type { TapeHead, TapeLayer, TapeRecord, WhatIf } from '../../../main/common/tape/record.ts'
import { batchText, differenceText, stretchText, whatIfText } from './words.ts'

const head = (more: Partial<TapeHead>): TapeHead => ({
  id: 1,
  runId: 1,
  step: 8,
  source: 'run',
  recordedAt: 0,
  size: 32,
  sizes: [{ symbol: 'T', least: 12, most: 87 }],
  input: { shape: [32, 87], dtype: 'int64' },
  batches: 1,
  loss: 1,
  nodes: 63,
  forwardMs: 1,
  backwardMs: 2,
  peakBytes: 3,
  signature: 'a',
  ...more,
})
const layers = ['A', 'B', 'C', 'D'].map(
  (title, i) =>
    ({
      title,
      blocks: i === 1 || i === 2 ? [{ id: 'b', name: 'Residual', copy: 1 }] : [],
    }) as unknown as TapeLayer,
)

test('the batch in words', () => {
  expect(batchText(head({}))).toBe('32 samples, T 12 to 87')
  expect(batchText(head({ batches: 4, sizes: [] }))).toBe('the first of 4 batches of an update: 32 samples')
})

test('how a tape differs from the one before', () => {
  expect(differenceText(head({}), undefined)).toBeNull()
  expect(differenceText(head({}), head({ step: 7 }))).toBe('the same graph as step 7')
  const longer = head({ step: 7, sizes: [{ symbol: 'T', least: 3, most: 93 }] })
  expect(differenceText(head({}), longer)).toBe('the graph of step 7 with T 87 instead of 93')
  expect(differenceText(head({}), head({ step: 7, signature: 'b', nodes: 71 }))).toBe(
    'another graph than step 7, which had 71 nodes',
  )
})

test('a stretch of layers by its block, where it is one', () => {
  expect(stretchText(layers, { from: 0, to: 0 })).toBe('A')
  expect(stretchText(layers, { from: 1, to: 2 })).toBe('Residual (2 layers)')
  expect(stretchText(layers, { from: 0, to: 2 })).toBe('A to C (3 layers)')
})

test('what checkpointing would change', () => {
  const what: WhatIf = {
    peakBytes: 400e6,
    changedPeakBytes: 300e6,
    at: { phase: 'backward', layer: 3 },
    freedBytes: 120e6,
    addedMs: 2,
    stepMs: 40,
  }
  const say = (more: Partial<WhatIf>): string =>
    whatIfText({ layers } as unknown as TapeRecord, { from: 1, to: 2 }, { ...what, ...more })
  expect(say({})).toBe(
    'Checkpointing Residual (2 layers) would lower the peak from 400 MB to 300 MB (25 % less; then in the backward of D) for 2 ms more a step (5 %).',
  )
  expect(say({ changedPeakBytes: 399.9e6 })).toContain('but the peak stays 400 MB')
  expect(say({ freedBytes: 0 })).toContain('would free nothing')
})
