/** The series of some runs from the store, as many buckets as the chart has pixels, kept fresh while it grows. */
import { startTransition, useEffect, useRef, useState } from 'react'
import type { Series } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { complain } from '../state/notices.ts'

export interface SeriesQuery {
  runIds: readonly number[]
  metrics: readonly string[]
  maxBuckets: number
}

/** At least this long between two questions, in milliseconds. */
const pause = 300

/**
 * @param revision asks again when it changes, at most once per `pause`, and never before the last answer.
 * @returns null until the first answer to this query.
 */
export function useSeries(query: SeriesQuery | null, revision: number): readonly Series[] | null {
  const key = query ? JSON.stringify(query) : ''
  const [answer, setAnswer] = useState<{ key: string; series: Series[] } | null>(null)
  const asker = useRef<Asker | null>(null)

  useEffect(() => {
    const started = new Asker(key, (series) => startTransition(() => setAnswer({ key, series })))
    asker.current = started
    return () => started.stop()
  }, [key])

  useEffect(() => asker.current?.ask(), [key, revision])

  // While a new width is being asked for, the old answer for the same runs and metrics still stands.
  return answer && sameSubject(answer.key, key) ? answer.series : null
}

function sameSubject(a: string, b: string): boolean {
  const subject = (key: string): string => key.replace(/"maxBuckets":\d+/, '')
  return subject(a) === subject(b)
}

/** Asks one question at a time. */
class Asker {
  #busy = false
  #again = false
  #stopped = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastAsked = 0
  readonly #key: string
  readonly #done: (series: Series[]) => void

  constructor(key: string, done: (series: Series[]) => void) {
    this.#key = key
    this.#done = done
  }

  ask(): void {
    if (this.#stopped || this.#key === '') return
    if (this.#busy) {
      this.#again = true
      return
    }
    if (this.#timer !== undefined) return
    const wait = Math.max(0, this.#lastAsked + pause - performance.now())
    this.#timer = setTimeout(() => void this.#now(), wait)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  async #now(): Promise<void> {
    this.#timer = undefined
    this.#busy = true
    this.#lastAsked = performance.now()
    try {
      const query = JSON.parse(this.#key) as { runIds: number[]; metrics: string[]; maxBuckets: number }
      const series = await client.runs.series({ ...query, fromStep: null, toStep: null })
      if (!this.#stopped) this.#done(series)
    } catch (error) {
      if (!this.#stopped) complain(error)
    }
    this.#busy = false
    if (this.#again) {
      this.#again = false
      this.ask()
    }
  }
}
