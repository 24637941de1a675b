/** The queue of sweeps as the services report it, which sweep is looked at, and what can be asked of them. */
import { create } from 'zustand'
import type { Queue, SweepDetail } from '../../main/common/sweeps/contract.ts'
import type { SweepSpec } from '../../main/common/sweeps/spec.ts'
import { client } from '../client.ts'
import { measure } from '../ui/format.ts'
import { complain, useNotices } from './notices.ts'
import { goTo, usePage } from './pages.ts'
import { useAnswer } from './useAnswer.ts'

interface Sweeps {
  /** Null until it has been read. */
  queue: Queue | null
  /** How often the queue has changed. */
  revision: number
  /** The sweep that is looked at; null: the first of the queue. */
  chosen: number | null
}

export const useSweeps = create<Sweeps>(() => ({ queue: null, revision: 0, chosen: null }))

export const chooseSweep = (chosen: number | null): void => useSweeps.setState({ chosen })

/** Follows `sweeps.watch` for ever; starts again when the connection or the stream ends. */
export async function followSweeps(): Promise<never> {
  for (;;) {
    try {
      for await (const queue of await client.sweeps.watch()) {
        const before = useSweeps.getState().queue
        useSweeps.setState(({ revision }) => ({ queue, revision: revision + 1 }))
        if (before) tell(before, queue)
      }
    } catch {
      // The banner says that the connection is lost.
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** How sweeps ended or why they halted, for a person who is on another page. */
function tell(before: Queue, now: Queue): void {
  if (usePage.getState().page === 'sweeps') return
  const { add } = useNotices.getState()
  const notice = { code: 'sweep/ended', detail: '' }
  for (const { id, name, status, remark, best, objective } of now.sweeps) {
    if (before.sweeps.find((sweep) => sweep.id === id)?.status !== 'queued') continue
    if (status === 'finished') {
      const mend = best
        ? `Best ${objective.metric} ${measure(best.value)}${best.text && `: ${best.text}`}.`
        : ''
      add({ ...notice, tone: 'ok', what: `The sweep "${name}" has finished.`, mend })
    } else if (status === 'paused' && remark !== null)
      add({ ...notice, tone: 'bad', what: `The sweep "${name}" is paused.`, mend: remark })
  }
}

/** Whether a run is the trial that a sweep trains. */
export const isOfSweep = (runId: number): boolean =>
  useSweeps.getState().queue?.sweeps.some(({ training }) => training?.runId === runId) ?? false

/** All of one sweep, read again when the queue changes; null while it is read. */
export function useSweepDetail(sweepId: number | null): SweepDetail | null {
  const revision = useSweeps((s) => s.revision)
  const question =
    sweepId === null
      ? null
      : { key: String(sweepId), ask: () => client.sweeps.get({ sweepId }).catch(() => null) }
  const answer = useAnswer(question, revision, 150)
  return answer?.value?.id === sweepId ? answer.value : null
}

/** Starts a sweep and shows it. @returns whether it was taken */
export async function startSweep(spec: SweepSpec): Promise<boolean> {
  try {
    const { sweepId } = await client.sweeps.start({ spec })
    chooseSweep(sweepId)
    goTo('sweeps')
    return true
  } catch (error) {
    complain(error)
    return false
  }
}

/** Null: all of the queue. */
export const pauseSweep = (sweepId: number | null): Promise<void> =>
  client.sweeps.pause({ sweepId }).catch(complain)
export const resumeSweep = (sweepId: number | null): Promise<void> =>
  client.sweeps.resume({ sweepId }).catch(complain)
export const stopSweep = (sweepId: number | null): Promise<void> =>
  client.sweeps.stop({ sweepId }).catch(complain)
export const removeSweep = (sweepId: number): Promise<void> =>
  client.sweeps.remove({ sweepId }).catch(complain)
export const moveSweep = (sweepId: number, before: number | null): Promise<void> =>
  client.sweeps.reorder({ sweepId, before }).catch(complain)
export const skipTrial = (sweepId: number, number: number): Promise<void> =>
  client.sweeps.skip({ sweepId, number }).catch(complain)
/** Null: all trials that failed. */
export const retryTrials = (sweepId: number, number: number | null): Promise<void> =>
  client.sweeps.retry({ sweepId, number }).catch(complain)
