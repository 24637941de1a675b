/** Whether the first loss of a fresh model is what it should be, in words. */
import { measured } from '../common/settings.ts'
import type { Guess } from './objective.ts'

/** A first loss of less than this part of what is expected is remarked on. */
const least = 0.7
/** The mean over fewer says too little. */
const fewest = 8

/**
 * @param count samples or tokens that the loss is the mean of
 * @returns null where there is nothing to remark on
 */
export function remarkOnFirst(loss: number, count: number, expected: Guess): string | null {
  if (count < fewest || !(expected.loss > 0) || !Number.isFinite(loss)) return null
  if (loss >= least * expected.loss && loss <= expected.most * expected.loss) return null
  const why =
    loss > expected.loss
      ? 'the first outputs are far too sure: look at the scale of the inputs and of the last layer'
      : 'the model knows something before it has learnt: look whether the target is among the inputs'
  return `first loss ${measured(loss)}, where ${expected.words}; ${why}`
}
