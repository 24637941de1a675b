/** Loss and accuracy of a model over the validation split. */
import { F, noGrad, scope, type Tensor } from '../engine/index.ts'
import type { Batches } from './batches.ts'
import type { Model } from './model.ts'

export interface Evaluation {
  /** Mean over samples. */
  loss: number
  /** Share of samples whose largest logit is the true class, 0 to 1. */
  accuracy: number
}

/** How many rows of `logits` `[B, C]` have their largest value at the label. */
export const countCorrect = (logits: Tensor, labels: Tensor): number =>
  logits.argmax(1).eq(labels).sum().item()

/**
 * Runs the whole validation split without recording a tape.
 * @param turn awaited between batches so that commands are heard; may throw to abandon the evaluation
 */
export async function evaluate(
  model: Model,
  batches: Batches,
  turn: () => Promise<void>,
): Promise<Evaluation> {
  const count = batches.dataset.validationCount
  let loss = 0
  let correct = 0
  for (const rows of batches.validation()) {
    scope(() =>
      noGrad(() => {
        const { inputs, extents, targets, size } = batches.take(rows)
        const logits = model.forward(inputs, false, extents)
        loss += F.crossEntropy(logits, targets).item() * size
        correct += countCorrect(logits, targets)
      }),
    )
    await turn()
  }
  return { loss: loss / count, accuracy: correct / count }
}
