/** The run in the engine, as the services report it: one small record, replaced at most every 50 ms. */
import { create } from 'zustand'
import type { Live } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { loadRuns } from './runs.ts'

export const useLive = create<{ live: Live | null }>(() => ({ live: null }))

export const isActive = (live: Live | null): boolean =>
  live !== null && (live.status === 'running' || live.status === 'paused')

/** Follows `training.watch` for ever; starts again when the connection or the stream ends. */
export async function followTraining(): Promise<never> {
  for (;;) {
    try {
      for await (const live of await client.training.watch()) {
        const before = useLive.getState().live
        useLive.setState({ live })
        if (before?.runId !== live?.runId || before?.status !== live?.status) void loadRuns()
      }
    } catch {
      // The banner says that the connection is lost; a refusal here would only repeat it.
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
