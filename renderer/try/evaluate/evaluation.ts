/** The evaluation that the Try page shows: made in the background, kept while one looks elsewhere. */
import { create } from 'zustand'
import type { Split } from '../../../main/common/data/dataset.ts'
import type { Evaluation } from '../../../main/common/evaluation/evaluation.ts'
import type { Progress } from '../../../main/common/schemas.ts'
import { client } from '../../client.ts'
import { explain, type ShownRefusal } from '../../state/notices.ts'

export interface Cell {
  target: number
  predicted: number
}

interface Evaluating {
  split: Split
  /** Null is the data set that the run was trained on. */
  datasetId: string | null
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
  const { split, datasetId } = useEvaluation.getState()
  useEvaluation.setState({ progress: { done: 0, total: 0, note: 'Evaluating' }, refusal: null })
  try {
    const stream = await client.predict.evaluate(
      { runId, checkpointId, datasetId, split },
      { signal: cancel.signal },
    )
    for (;;) {
      const next = await stream.next()
      if (cancel.signal.aborted) return
      if (next.done) {
        useEvaluation.setState({ evaluation: next.value, progress: null, cell: null, classIndex: 0 })
        return
      }
      useEvaluation.setState({ progress: next.value })
    }
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
