import { expect, it } from 'vitest'
import { remarksOf } from './RunRemarks.tsx'

it('tells remarks and why a run ended by itself, not that somebody stopped it', () => {
  expect(
    remarksOf([
      { step: 1, kind: 'remark', note: 'first loss 9' },
      { step: 5, kind: 'paused', note: 'paused' },
      { step: 9, kind: 'remark', note: 'first loss 9' },
      { step: 9, kind: 'stopped', note: 'early stopping: val/loss has not improved' },
      { step: 9, kind: 'stopped', note: 'stopped in epoch 2' },
    ]),
  ).toEqual(['First loss 9.', 'Early stopping: val/loss has not improved.'])
})
