/** A learning-rate range test of the model and data at hand, from the click until it has ended or was left. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { RangeProgress, RangeTest } from '../../../main/common/rangeTest.ts'
import { resultOf } from '../../../main/common/resultOf.ts'
import { client } from '../../client.ts'
import { chosenDataset } from '../../state/datasets.ts'
import { useModel } from '../../state/model.ts'
import { explain, type ShownRefusal } from '../../state/notices.ts'
import { usePreferences } from '../../state/preferences.ts'

interface Tested {
  progress: RangeProgress | null
  result: RangeTest | null
  refusal: ShownRefusal | null
  /** Ended before its result. */
  cancelled: boolean
}

const nothing: Tested = { progress: null, result: null, refusal: null, cancelled: false }

export function useRangeTest(): Tested & { start: () => void; cancel: () => void } {
  const [state, setState] = useState(nothing)
  const running = useRef<AbortController | null>(null)

  const start = useCallback(() => {
    const dataset = chosenDataset()
    if (!dataset) return
    running.current?.abort()
    const controller = new AbortController()
    running.current = controller
    setState(nothing)
    const ask = async (): Promise<void> => {
      try {
        const { document } = useModel.getState()
        const { config } = usePreferences.getState()
        const stream = await client.training.rangeTest(
          { document, datasetId: dataset.id, config },
          { signal: controller.signal },
        )
        const result = await resultOf(stream, (progress) => {
          if (!controller.signal.aborted) setState((before) => ({ ...before, progress }))
        })
        if (!controller.signal.aborted) setState((before) => ({ ...before, result }))
      } catch (error) {
        if (!controller.signal.aborted) setState((before) => ({ ...before, refusal: explain(error) }))
      }
    }
    void ask()
  }, [])

  const cancel = useCallback(() => {
    running.current?.abort()
    setState((before) => (before.result || before.refusal ? before : { ...before, cancelled: true }))
  }, [])

  useEffect(() => () => running.current?.abort(), [])
  return { ...state, start, cancel }
}
