/**
 * Keeps the model in the workspace: opens the newest one at the start, and saves a moment after every change.
 * Saves never overlap, so the last word always wins.
 */
import { create } from 'zustand'
import type { ModelDocument } from '../../main/common/document.ts'
import type { Model } from '../../main/common/schemas.ts'
import { useModel } from './store.ts'

export interface ModelStore {
  list: () => Promise<Model[]>
  save: (input: { id: string | null; document: ModelDocument }) => Promise<Model>
}

export const useSaving = create<{ state: 'saved' | 'waiting' | 'failed' }>(() => ({ state: 'saved' }))

/** Long enough to join a burst of typing, short enough that nobody loses a thought. */
const pauseBeforeSaving = 400

/** Set by `keepSaved`; saves at once whatever waits. */
let flush: () => Promise<void> = () => Promise.resolve()

/** Saves at once whatever waits: before another model is opened, or when a lost connection is back. */
export const saveNow = (): Promise<void> => flush()

let stop: (() => void) | null = null

/**
 * Opens the newest model and follows the one that is open from then on. Calling it again does nothing.
 * @param onError told once per failed save; the next change, or `saveNow`, tries again
 */
export async function keepSaved(models: ModelStore, onError: (error: unknown) => void): Promise<void> {
  if (stop) return
  stop = follow(models, onError)
  const untouched = useModel.getState().document
  try {
    const [newest] = await models.list()
    if (newest && useModel.getState().document === untouched)
      useModel.getState().open(newest.id, newest.document)
  } catch (error) {
    onError(error)
  }
}

/** Stops saving; for tests, and for a page that is taken down. */
export function stopSaving(): void {
  stop?.()
  stop = null
}

interface Unsaved {
  session: number
  document: ModelDocument
}

function follow(models: ModelStore, onError: (error: unknown) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let waiting: Unsaved | null = null
  let running: Promise<void> | null = null
  /** Ids by session, for a model that changes again before its first save has answered. */
  const ids = new Map<number, string>()

  /** True when it was saved. */
  const saveOne = async ({ session, document }: Unsaved): Promise<boolean> => {
    try {
      const { id } = await models.save({ id: ids.get(session) ?? null, document })
      ids.set(session, id)
      if (useModel.getState().session === session) useModel.setState({ id })
      if (!waiting) useSaving.setState({ state: 'saved' })
      return true
    } catch (error) {
      useSaving.setState({ state: 'failed' })
      onError(error)
      return false
    }
  }
  const saveAll = async (): Promise<void> => {
    for (let next = waiting; next; next = waiting) {
      waiting = null
      if (await saveOne(next)) continue
      // Kept for `saveNow`, unless something newer waits already.
      waiting ??= next
      return
    }
  }
  const now = (): Promise<void> => {
    clearTimeout(timer)
    running ??= saveAll().finally(() => (running = null))
    return running
  }
  const unsubscribe = useModel.subscribe((state, before) => {
    if (state.id !== null) ids.set(state.session, state.id)
    if (state.session !== before.session) return void now()
    if (state.document === before.document) return
    waiting = { session: state.session, document: state.document }
    useSaving.setState({ state: 'waiting' })
    clearTimeout(timer)
    timer = setTimeout(() => void now(), pauseBeforeSaving)
  })
  const onHide = (): void => void now()
  globalThis.addEventListener?.('pagehide', onHide)
  flush = now
  return () => {
    clearTimeout(timer)
    unsubscribe()
    globalThis.removeEventListener?.('pagehide', onHide)
    flush = () => Promise.resolve()
  }
}
