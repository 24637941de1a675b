/** What trained weights give out for every sample of a part, between the steps of a run that may be training. */
import { splitSchema, type Dataset, type Part } from '../../common/data/dataset.ts'
import { toRefusal, type Refusal } from '../../common/errors.ts'
import type { Progress } from '../../common/schemas.ts'
import { F, noGrad, scope } from '../../engine/index.ts'
import { Batches } from '../batches.ts'
import { objectiveOf, scoreOf, type Score } from '../objective.ts'
import type { Task } from '../questions.ts'
import { answered } from './answered.ts'
import { loaded, type Trained } from './loaded.ts'
import { isOfOneSample } from './ofOneSample.ts'

export interface EvaluateAsked {
  trained: Trained
  /** What it is evaluated on, with the normalisation of what it was trained on. */
  dataset: Dataset
  datasetFolder: string
  part: Part
}

export interface EvaluatedSplit {
  /** Rows in the order of the columns below. */
  rows: Uint32Array
  /** `[samples, outputs]`: probabilities of classes, or normalised numbers; empty of a language model. */
  outputs: Float32Array
  /** Sums over these rows. */
  score: Score
  /** Rows that the network refuses, with what it says of the first; null where it answers all. */
  leftOut: { rows: number[]; refusal: Refusal } | null
}

/** @throws UserError as `loaded` does; the signal's reason when it is cancelled */
export async function evaluateSplit(
  { trained, dataset, datasetFolder, part }: EvaluateAsked,
  { signal, onProgress }: Task<Progress>,
): Promise<EvaluatedSplit> {
  const { model } = loaded(trained)
  const batches = new Batches(dataset, datasetFolder, model.device)
  const objective = objectiveOf(dataset, model)
  try {
    const all = (part === 'all' ? splitSchema.options : [part]).flatMap((split) => batches.rowsOf(split))
    const total = all.reduce((sum, rows) => sum + rows.length, 0)
    const width =
      dataset.task === 'classify'
        ? dataset.classes.length
        : dataset.task === 'regress'
          ? dataset.targets.length
          : 0
    const outputs = new Float32Array(total * width)
    const order = new Uint32Array(total)
    const score: Score = { loss: 0, count: 0, correct: null, error: null }
    let done = 0
    const answer = (rows: Uint32Array): void => {
      scope(() =>
        noGrad(() => {
          const { inputs, extents, targets } = batches.take(rows)
          // Asked for again: somebody else may have been answered meanwhile.
          const output = answered(loaded(trained).model, inputs, extents)
          const loss = objective.plainLoss(output, targets).item()
          const one = scoreOf(objective, output, targets, loss)
          score.loss += one.loss
          score.count += one.count
          if (one.correct !== null) score.correct = (score.correct ?? 0) + one.correct
          if (one.error !== null) score.error = (score.error ?? 0) + one.error
          if (width === 0) return
          const values =
            dataset.task === 'classify' ? F.softmax(output.to('float32'), 1) : output.to('float32')
          outputs.set(values.toTypedArray() as Float32Array, done * width)
        }),
      )
      order.set(rows, done)
      done += rows.length
    }
    let leftOut: EvaluatedSplit['leftOut'] = null
    const waiting = all.toReversed()
    for (let rows = waiting.pop(); rows; rows = waiting.pop()) {
      try {
        answer(rows)
      } catch (error) {
        if (!isOfOneSample(error)) throw error
        const half = rows.length >> 1
        // Which of them it was is not said.
        if (half > 0) waiting.push(rows.subarray(half), rows.subarray(0, half))
        else {
          leftOut ??= { rows: [], refusal: toRefusal(error) }
          leftOut.rows.push(...rows)
        }
      }
      onProgress({ done: done + (leftOut?.rows.length ?? 0), total, note: 'Evaluating' })
      await new Promise((resolve) => setImmediate(resolve))
      signal.throwIfAborted()
    }
    return { rows: order.subarray(0, done), outputs: outputs.subarray(0, done * width), score, leftOut }
  } finally {
    objective.dispose()
    batches.dispose()
  }
}
