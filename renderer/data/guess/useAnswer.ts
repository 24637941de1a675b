/** What the services say to a question that changes as a person types; asked anew a moment after each change. */
import { useEffect, useRef, useState } from 'react'
import type { Progress } from '../../../main/common/schemas.ts'
import { explain, type ShownRefusal } from '../../state/notices.ts'

export interface Answered<T> {
  /** The last that could be had; stands while a newer one is on its way. */
  answer: T | null
  /** Null when nothing is under way. */
  progress: Progress | null
  refusal: ShownRefusal | null
}

export type Ask<T> = (
  question: string,
  signal: AbortSignal,
  report: (progress: Progress) => void,
) => Promise<T>

/** Milliseconds without a change before it is asked: a number is typed digit by digit. */
const settles = 250

/**
 * @param question null while there is nothing to ask
 * @param ask the same function at every drawing
 */
export function useAnswer<T>(question: string | null, ask: Ask<T>): Answered<T> {
  const [state, setState] = useState<Answered<T>>({ answer: null, progress: null, refusal: null })
  const first = useRef(true)
  useEffect(() => {
    if (question === null) return
    const controller = new AbortController()
    const { signal } = controller
    const change = (part: Partial<Answered<T>>): void => {
      if (!signal.aborted) setState((before) => ({ ...before, ...part }))
    }
    const report = (progress: Progress): void => change({ progress })
    const begin = async (): Promise<void> => {
      report({ done: 0, total: 0, note: 'Reading' })
      try {
        change({ answer: await ask(question, signal, report), progress: null, refusal: null })
      } catch (error) {
        change({ progress: null, refusal: explain(error) })
      }
    }
    const timer = setTimeout(() => void begin(), first.current ? 0 : settles)
    first.current = false
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [question, ask])
  return state
}
