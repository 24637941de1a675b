/** Asks as one types: the last answer stands while the next one is worked out; what is wrong is said in place. */
import { useEffect, useState } from 'react'
import { explain, type ShownRefusal } from '../state/notices.ts'

export interface Asking<T> {
  value: T | null
  refusal: ShownRefusal | null
  /** A newer question is being answered. */
  busy: boolean
}

/** Milliseconds of quiet before something is asked. */
const pause = 120

/**
 * @param key says what is asked: another key is another question; null asks nothing and forgets
 * @param subject where it changes, the answer before does not stand
 */
export function useAsk<T>(
  key: string | null,
  subject: string,
  ask: (signal: AbortSignal) => Promise<T>,
): Asking<T> {
  const [state, setState] = useState<Asking<T> & { subject: string }>({
    value: null,
    refusal: null,
    busy: false,
    subject,
  })
  useEffect(() => {
    if (key === null) {
      setState({ value: null, refusal: null, busy: false, subject })
      return
    }
    const cancel = new AbortController()
    const timer = setTimeout(() => {
      ask(cancel.signal).then(
        (value) => {
          if (!cancel.signal.aborted) setState({ value, refusal: null, busy: false, subject })
        },
        (error: unknown) => {
          if (!cancel.signal.aborted) setState({ value: null, refusal: explain(error), busy: false, subject })
        },
      )
    }, pause)
    setState((before) => ({
      value: before.subject === subject ? before.value : null,
      refusal: null,
      busy: true,
      subject,
    }))
    return () => {
      clearTimeout(timer)
      cancel.abort()
    }
    // The key says all of what `ask` reads.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, subject])
  return state
}
