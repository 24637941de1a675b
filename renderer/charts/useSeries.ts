/** The series of some runs from the store, as many buckets as the chart has pixels, kept fresh while it grows. */
import { useMemo } from 'react'
import { unpack } from '../../main/common/packedSeries.ts'
import type { Series } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { useAnswer } from '../state/useAnswer.ts'
import type { Zoom } from './zoom.ts'

export interface SeriesQuery {
  runIds: readonly number[]
  metrics: readonly string[]
  maxBuckets: number
  /** Steps that are asked for; the whole run unless given. */
  zoom?: Zoom
}

/**
 * @param revision asks again when it changes, never before the last answer
 * @param pause at least this long between two questions, in milliseconds
 * @returns null until the first answer to this query.
 */
export function useSeries(
  query: SeriesQuery | null,
  revision: number,
  pause = 300,
): readonly Series[] | null {
  const question = useMemo(() => {
    if (!query) return null
    const { runIds, metrics, maxBuckets, zoom } = query
    return {
      key: JSON.stringify([runIds, metrics, maxBuckets, zoom ?? null]),
      ask: async (signal: AbortSignal) => {
        const asked = {
          runIds: [...runIds],
          metrics: [...metrics],
          maxBuckets,
          fromStep: zoom?.[0] ?? null,
          toStep: zoom?.[1] ?? null,
        }
        const packed = await client.runs.series(asked, { signal })
        return packed.map(unpack)
      },
    }
  }, [query])
  const answer = useAnswer(question, revision, pause)
  // While a new width or another zoom is being asked for, the old answer for the same runs and metrics still stands.
  return answer && question && sameSubject(answer.key, question.key) ? answer.value : null
}

function sameSubject(a: string, b: string): boolean {
  const subject = (key: string): string => JSON.stringify((JSON.parse(key) as unknown[]).slice(0, 2))
  return a === b || subject(a) === subject(b)
}
