import { expect, it } from 'vitest'
import { marksOf } from './marks.ts'

it('marks what was done to a run, pauses quietly, and what was done at one step together', () => {
  const marks = marksOf([
    { step: 10, kind: 'paused', note: 'paused' },
    { step: 10, kind: 'learning-rate', note: 'lr 0.1 → 0.01' },
    { step: 10, kind: 'resumed', note: 'resumed' },
    { step: 90, kind: 'paused', note: 'paused' },
    { step: 95, kind: 'checkpoint', note: 'weights 5f1c, batch 77ab' },
    { step: 99, kind: 'schedule', note: 'schedule constant → cosine, 9 steps of warm-up' },
    { step: 100, kind: 'stopped', note: 'early stopping: val/loss has not improved on 2 for 3 epochs' },
  ])
  expect(marks).toEqual([
    { step: 10, label: 'lr 0.1 → 0.01', quiet: false },
    { step: 90, label: 'paused', quiet: true },
    { step: 95, label: 'kept', quiet: true },
    { step: 99, label: 'schedule constant → cosine, 9 steps of warm-up', quiet: false },
    { step: 100, label: 'early stopping', quiet: false },
  ])
})
