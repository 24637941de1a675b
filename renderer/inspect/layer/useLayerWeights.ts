/** What the weights of a layer look like, read from the run as it trains or from a checkpoint. */
import { useMemo } from 'react'
import type { Filters, Neighbours } from '../../../main/common/health/weights.ts'
import { client } from '../../client.ts'
import { useAnswer, type Question } from '../../state/useAnswer.ts'

/** Milliseconds between two looks at a run that trains: each takes it a moment. */
const pause = 2000

export interface LayerAt {
  runId: number
  nodeId: string
  /** Null: now, or the newest checkpoint. */
  checkpointId: number | null
}

export function useFilters(
  at: LayerAt,
  firstFilter: number,
  firstChannel: number,
  revision: number,
): Filters | null {
  const { runId, nodeId, checkpointId } = at
  const question = useMemo(
    () => ({
      key: `filters ${runId} ${nodeId} ${checkpointId} ${firstFilter} ${firstChannel}`,
      ask: () => client.runs.filters({ runId, nodeId, checkpointId, firstFilter, firstChannel }),
    }),
    [runId, nodeId, checkpointId, firstFilter, firstChannel],
  )
  return useFresh(question, checkpointId === null ? revision : 0)
}

/** Tokens listed. */
const most = 20

export function useNeighbours(at: LayerAt, token: string, revision: number): Neighbours | null {
  const { runId, nodeId, checkpointId } = at
  const question = useMemo(
    () => ({
      key: `neighbours ${runId} ${nodeId} ${checkpointId} ${token}`,
      ask: () =>
        client.runs.neighbours({ runId, nodeId, checkpointId, token: token === '' ? null : token, most }),
    }),
    [runId, nodeId, checkpointId, token],
  )
  return useFresh(question, checkpointId === null ? revision : 0)
}

function useFresh<T>(question: Question<T>, revision: number): T | null {
  const answer = useAnswer(question, revision, pause)
  return answer !== null && answer.key === question.key ? answer.value : null
}
