/** Scores added up as they come, so that half an epoch can be kept in a few numbers and go on from them. */
import type { Score } from '../objective.ts'

/** Call in order: adding is not associative, and a run that goes on must reach the same bits. */
export const add = (sum: Score, score: Score): Score => ({
  loss: sum.loss + score.loss,
  count: sum.count + score.count,
  correct: sum.correct === null || score.correct === null ? null : sum.correct + score.correct,
  error: sum.error === null || score.error === null ? null : sum.error + score.error,
})
