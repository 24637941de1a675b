/** The evaluation that the Try page shows: made in the background, kept while one looks elsewhere. */
import { create } from 'zustand'
import type { Part } from '../../../main/common/data/dataset.ts'
import type { Evaluation } from '../../../main/common/evaluation/evaluation.ts'
import { resultOf } from '../../../main/common/resultOf.ts'
import type { Progress } from '../../../main/common/schemas.ts'
import { client } from '../../client.ts'
import { explain, type ShownRefusal } from '../../state/notices.ts'

export interface Cell {
  target: number
  predicted: number
}

interface Evaluating {
  split: Part
  /** Null is the data set that the run was trained on. */
  datasetId: string | null
  /** A folder or a file instead of a data set, as it is typed; null for none. */
  path: string | null
  evaluation: Evaluation | null
  progress: Progress | null
  refusal: ShownRefusal | null
  /** Whose samples are shown; null for the worst of all. */
  cell: Cell | null
  /** Whose curves are shown. */
  classIndex: number
}

export const useEvaluation = create<Evaluating>(() => ({
  split: 'validation',
  datasetId: null,
  path: null,
  evaluation: null,
  progress: null,
  refusal: null,
  cell: null,
  classIndex: 0,
}))

let running: AbortController | null = null

export async function evaluate(runId: number, checkpointId: number | null): Promise<void> {
  running?.abort()
  const cancel = new AbortController()
  running = cancel
  const { split, datasetId, path } = useEvaluation.getState()
  useEvaluation.setState({ progress: { done: 0, total: 0, note: 'Evaluating' }, refusal: null })
  try {
    const asked = { runId, checkpointId, datasetId, path, split }
    const stream = await client.predict.evaluate(asked, { signal: cancel.signal })
    const evaluation = await resultOf(stream, (progress) => {
      if (!cancel.signal.aborted) useEvaluation.setState({ progress })
    })
    if (!cancel.signal.aborted)
      useEvaluation.setState({ evaluation, progress: null, cell: null, classIndex: 0 })
  } catch (error) {
    if (!cancel.signal.aborted) useEvaluation.setState({ progress: null, refusal: explain(error) })
  }
}

export function cancelEvaluation(): void {
  running?.abort()
  useEvaluation.setState({ progress: null })
}

export const chooseCell = (cell: Cell | null): void =>
  useEvaluation.setState(cell ? { cell, classIndex: cell.target } : { cell })
