/** A model over the validation split. */
import { noGrad, scope } from '../engine/index.ts'
import type { Batches } from './batches.ts'
import type { Model } from './model.ts'
import type { Objective, Score } from './objective.ts'

/**
 * Runs the whole validation split without recording a tape.
 * @param turn awaited between batches so that commands are heard; may throw to abandon the evaluation
 */
export async function evaluate(
  model: Model,
  batches: Batches,
  objective: Objective,
  turn: () => Promise<void>,
): Promise<Score[]> {
  const scores: Score[] = []
  for (const rows of batches.validation()) {
    scores.push(
      scope(() =>
        noGrad(() => {
          const { inputs, extents, targets } = batches.take(rows)
          const output = model.forward(inputs, false, extents)
          return objective.score(output, targets, objective.loss(output, targets).item())
        }),
      ),
    )
    await turn()
  }
  return scores
}
