/** Some samples as the options would have them read; asked anew a moment after they change. */
import { useEffect, useRef, useState } from 'react'
import { importOptionsSchema, type ImportOptions } from '../../../main/common/data/options.ts'
import { type Glimpse } from '../../../main/common/data/guess.ts'
import { client } from '../../client.ts'
import { explain, type ShownRefusal } from '../../state/notices.ts'

export interface Glimpsed {
  /** The last that could be had; stands while a newer one is on its way. */
  glimpse: Glimpse | null
  loading: boolean
  refusal: ShownRefusal | null
}

/** Milliseconds without a change before it is asked for: a number is typed digit by digit. */
const settles = 250

/** @param wrong while an option is not allowed nothing is asked */
export function useGlimpse(path: string, options: ImportOptions, wrong: boolean): Glimpsed {
  const [state, setState] = useState<Glimpsed>({ glimpse: null, loading: true, refusal: null })
  const wanted = wrong ? null : JSON.stringify(whatMatters(options))
  const first = useRef(true)
  useEffect(() => {
    if (wanted === null) return
    const controller = new AbortController()
    const ask = async (): Promise<void> => {
      setState((before) => ({ ...before, loading: true }))
      try {
        const asked = { path, options: importOptionsSchema.parse(JSON.parse(wanted)) }
        const glimpse = await client.data.glimpse(asked, { signal: controller.signal })
        setState({ glimpse, loading: false, refusal: null })
      } catch (error) {
        if (controller.signal.aborted) return
        setState((before) => ({ ...before, loading: false, refusal: explain(error) }))
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

/** The options with everything left as it is that changes nothing of what is shown. */
function whatMatters(options: ImportOptions): ImportOptions {
  const { kind, image, columns, table } = options
  return importOptionsSchema.parse({
    kind,
    name: 'glimpse',
    validationShare: 0.2,
    image,
    text: null,
    columns,
    table: table && { target: table.target, task: table.task, leaveOut: [], header: table.header },
  })
}
