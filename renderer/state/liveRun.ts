/** A run of the list with what is known of it this moment, while it trains. */
import { useMemo } from 'react'
import type { Run } from '../../main/common/schemas.ts'
import { isActive, useLive } from './live.ts'
import { withLive } from './withLive.ts'

/** The run itself where it does not train: its row is drawn again for its own news alone. */
export function useLiveRun(run: Run): Run {
  const live = useLive((s) => (s.live?.runId === run.id && isActive(s.live) ? s.live : null))
  return useMemo(() => (live ? withLive(run, live) : run), [run, live])
}
