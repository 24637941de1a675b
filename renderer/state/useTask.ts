/** A task of the contract in a dialog: how far it is, what came of it or why not, and the way out of it. */
import { useRef, useState } from 'react'
import { resultOf } from '../../main/common/resultOf.ts'
import type { Progress } from '../../main/common/schemas.ts'
import { explain, type ShownRefusal } from './notices.ts'

export interface RunningTask<R> {
  /** Null while nothing is under way. */
  progress: Progress | null
  refusal: ShownRefusal | null
  result: R | null
  /** @param call begins it; its stream ends with the result */
  start: (call: (signal: AbortSignal) => Promise<AsyncIterator<Progress, R>>) => Promise<void>
  cancel: () => void
}

/** @param note of the progress before there is any */
export function useTask<R>(note: string): RunningTask<R> {
  const [progress, setProgress] = useState<Progress | null>(null)
  const [refusal, setRefusal] = useState<ShownRefusal | null>(null)
  const [result, setResult] = useState<R | null>(null)
  const running = useRef<AbortController | null>(null)
  return {
    progress,
    refusal,
    result,
    async start(call) {
      const cancel = new AbortController()
      running.current = cancel
      setRefusal(null)
      setProgress({ done: 0, total: 0, note })
      try {
        const found = await resultOf(await call(cancel.signal), setProgress)
        setResult(found)
      } catch (error) {
        if (!cancel.signal.aborted) setRefusal(explain(error))
      }
      setProgress(null)
    },
    cancel: () => running.current?.abort(),
  }
}
