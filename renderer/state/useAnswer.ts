/** An answer of the services that is kept fresh: asked again when a revision grows, one question at a time. */
import { startTransition, useEffect, useRef, useState } from 'react'
import { complain } from './notices.ts'

export interface Question<T> {
  /** Says what is asked: another key is another question. */
  key: string
  /** @param signal aborts when nobody waits for the answer any more */
  ask: (signal: AbortSignal) => Promise<T>
}

/**
 * @param revision asks again when it changes, at most once per `pause` milliseconds, and never before the last answer.
 * @returns the newest answer with the key of its question; null before the first.
 */
export function useAnswer<T>(
  question: Question<T> | null,
  revision: unknown,
  pause: number,
): { key: string; value: T } | null {
  const key = question?.key ?? ''
  const [answer, setAnswer] = useState<{ key: string; value: T } | null>(null)
  const asker = useRef<Asker<T> | null>(null)
  const ask = useRef(question?.ask)
  ask.current = question?.ask

  useEffect(() => {
    let first = true
    const started = new Asker<T>(
      (signal) => (key === '' ? null : (ask.current?.(signal) ?? null)),
      (value) => {
        // What a page opens with is drawn at once; what only freshens it gives way to whatever a person does.
        if (first) setAnswer({ key, value })
        else startTransition(() => setAnswer({ key, value }))
        first = false
      },
      pause,
    )
    asker.current = started
    return () => started.stop()
  }, [key, pause])

  useEffect(() => asker.current?.ask(), [key, revision])
  return answer
}

class Asker<T> {
  #busy = false
  #again = false
  readonly #stopped = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastAsked = -Infinity
  readonly #question: (signal: AbortSignal) => Promise<T> | null
  readonly #done: (value: T) => void
  readonly #pause: number

  constructor(question: (signal: AbortSignal) => Promise<T> | null, done: (value: T) => void, pause: number) {
    this.#question = question
    this.#done = done
    this.#pause = pause
  }

  ask(): void {
    if (this.#stopped.signal.aborted) return
    if (this.#busy) {
      this.#again = true
      return
    }
    if (this.#timer !== undefined) return
    const wait = Math.max(0, this.#lastAsked + this.#pause - performance.now())
    this.#timer = setTimeout(() => void this.#now(), wait)
  }

  stop(): void {
    this.#stopped.abort()
    clearTimeout(this.#timer)
  }

  async #now(): Promise<void> {
    this.#timer = undefined
    const question = this.#question(this.#stopped.signal)
    if (question === null) return
    this.#busy = true
    this.#lastAsked = performance.now()
    try {
      const value = await question
      if (!this.#stopped.signal.aborted) this.#done(value)
    } catch (error) {
      if (!this.#stopped.signal.aborted) complain(error)
    }
    this.#busy = false
    if (this.#again) {
      this.#again = false
      this.ask()
    }
  }
}
