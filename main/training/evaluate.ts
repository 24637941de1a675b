/** A model over the validation split. */
import { noGrad, scope } from '../engine/index.ts'
import type { Batches } from './batches.ts'
import type { Confusion } from './confusion.ts'
import type { Model } from './model.ts'
import { scoreOf, type Objective, type Score } from './objective.ts'
import type { Predicted } from './predictions.ts'

/**
 * Runs the whole validation split without recording a tape.
 * @param gather cleared, then take what was taken for what, and what the model says of each sample
 * @param turn awaited between batches so that commands are heard; may throw to abandon the evaluation
 */
export async function evaluate(
  model: Model,
  batches: Batches,
  objective: Objective,
  { confusion, predicted }: { confusion: Confusion | null; predicted: Predicted | null },
  turn: () => Promise<void>,
): Promise<Score[]> {
  const scores: Score[] = []
  confusion?.clear()
  predicted?.clear()
  for (const rows of batches.rowsOf('validation')) {
    scores.push(
      scope(() =>
        noGrad(() => {
          const { inputs, extents, targets } = batches.take(rows)
          const output = model.forward(inputs, false, extents)
          predicted?.add(rows, output, targets)
          return scoreOf(objective, output, targets, objective.plainLoss(output, targets).item(), confusion)
        }),
      ),
    )
    await turn()
  }
  return scores
}
