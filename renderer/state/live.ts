/** The run in the engine, as the services report it: one small record, replaced a few times a second. */
import { create } from 'zustand'
import type { Live } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { count, duration } from '../ui/format.ts'
import { useNotices } from './notices.ts'
import { usePage } from './pages.ts'
import { loadRuns } from './runs.ts'
import { isOfSweep } from './sweeps.ts'

export const useLive = create<{ live: Live | null }>(() => ({ live: null }))

export const isActive = (live: Live | null): boolean =>
  live !== null && (live.status === 'running' || live.status === 'paused')

/** Numbers that change faster than this, in milliseconds, cannot be read; drawing them would only cost. */
const calm = 100

let shownAt = 0
let waiting: Live | null = null

/** A new run or status is shown at once; mere progress at most once per `calm`. */
function show(live: Live | null): void {
  const before = useLive.getState().live
  const news = before?.runId !== live?.runId || before?.status !== live?.status
  if (news) {
    waiting = null
    shownAt = performance.now()
    useLive.setState({ live })
    void loadRuns()
    if (live && before?.runId === live.runId) tell(live)
    return
  }
  const first = waiting === null
  waiting = live
  if (!first) return
  setTimeout(
    () => {
      if (waiting === null) return
      shownAt = performance.now()
      useLive.setState({ live: waiting })
      waiting = null
    },
    Math.max(0, shownAt + calm - performance.now()),
  )
}

/** How a run ended, for a person who is on another page. */
function tell(live: Live): void {
  if (usePage.getState().page === 'train') return
  // What came of a trial stands with its sweep, and the sweep says when it has finished.
  if (isOfSweep(live.runId)) return
  const { add } = useNotices.getState()
  if (live.status === 'failed' && live.error)
    add({ tone: 'bad', ...live.error, detail: live.error.detail ?? '' })
  if (live.status === 'finished')
    add({
      tone: 'ok',
      code: 'run/finished',
      what: `Run ${live.runId} has finished.`,
      mend: `${count(live.step)} steps in ${duration(live.seconds)}.`,
      detail: '',
    })
}

/** Follows `training.watch` for ever; starts again when the connection or the stream ends. */
export async function followTraining(): Promise<never> {
  for (;;) {
    try {
      for await (const live of await client.training.watch()) {
        show(live)
      }
    } catch {
      // The banner says that the connection is lost; a refusal here would only repeat it.
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
