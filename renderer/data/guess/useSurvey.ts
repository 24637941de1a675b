/** What the options make of the texts; asked anew a moment after they change. */
import { useEffect, useRef, useState } from 'react'
import { importOptionsSchema, type ImportOptions } from '../../../main/common/data/options.ts'
import { type Progress } from '../../../main/common/schemas.ts'
import { type Survey } from '../../../main/common/data/guess.ts'
import { client } from '../../client.ts'
import { explain, type ShownRefusal } from '../../state/notices.ts'

export interface Surveyed {
  /** The last that could be had; stands while a newer one is on its way. */
  survey: Survey | null
  /** Null when nothing is under way. */
  progress: Progress | null
  refusal: ShownRefusal | null
}

/** Milliseconds without a change before it is asked for. */
const settles = 300
const starting: Progress = { done: 0, total: 0, note: 'Reading texts' }

/** @param wrong while an option is not allowed nothing is asked */
export function useSurvey(path: string, options: ImportOptions, wrong: boolean): Surveyed {
  const [state, setState] = useState<Surveyed>({ survey: null, progress: null, refusal: null })
  const wanted = wrong || options.text === null ? null : JSON.stringify(whatMatters(options, options.text))
  const first = useRef(true)
  useEffect(() => {
    if (wanted === null) return
    const controller = new AbortController()
    const report = (progress: Progress): void => setState((before) => ({ ...before, progress }))
    const ask = async (): Promise<void> => {
      report(starting)
      try {
        const asked = { path, options: importOptionsSchema.parse(JSON.parse(wanted)) }
        const stream = await client.data.survey(asked, { signal: controller.signal })
        let next = await stream.next()
        while (!next.done) {
          if (!controller.signal.aborted) report(next.value)
          next = await stream.next()
        }
        if (!controller.signal.aborted) setState({ survey: next.value, progress: null, refusal: null })
      } catch (error) {
        if (controller.signal.aborted) return
        setState((before) => ({ ...before, progress: null, refusal: explain(error) }))
      }
    }
    const timer = setTimeout(() => void ask(), first.current ? 0 : settles)
    first.current = false
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [path, wanted])
  return state
}

/** Lengths are counted before anything is cut: the slider asks nothing. Neither does the name. */
const whatMatters = (options: ImportOptions, text: NonNullable<ImportOptions['text']>): ImportOptions => ({
  ...options,
  name: 'survey',
  text: { ...text, maximumLength: 4096 },
})
