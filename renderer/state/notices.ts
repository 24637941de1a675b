/** What went wrong (or right) and has to be said: a short stack of notices, newest last. */
import { isDefinedError, ORPCError } from '@orpc/client'
import { create } from 'zustand'
import { UserError } from '../../main/common/errors.ts'
import { invalid } from '../../main/common/invalid.ts'
import { refusalSchema } from '../../main/common/schemas.ts'
import { useConnection } from './connection.ts'

export interface Notice {
  id: number
  tone: 'bad' | 'ok'
  what: string
  mend: string
  code: string
  detail: string
  /** What can be done about it at once: a button. */
  action?: { label: string; run: () => void }
}

interface Notices {
  notices: Notice[]
  add: (notice: Omit<Notice, 'id'>) => void
  dismiss: (id: number) => void
}

let nextId = 1
/** More than this would cover the page; the oldest goes. */
const most = 4

export const useNotices = create<Notices>((set) => ({
  notices: [],
  add: (notice) =>
    set((s) => {
      const same = (n: Notice): boolean => n.code === notice.code && n.what === notice.what
      return { notices: [...s.notices.filter((n) => !same(n)), { ...notice, id: nextId++ }].slice(-most) }
    }),
  dismiss: (id) => set((s) => ({ notices: s.notices.filter((n) => n.id !== id) })),
}))

/** Takes back notices that are true no more. */
export const withdraw = (code: string): void =>
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.code !== code) }))

export interface ShownRefusal {
  code: string
  what: string
  mend: string
  detail: string
}

/** What to tell a person about any thrown value; null when it is no news (cancelled, connection lost). */
export function explain(error: unknown): ShownRefusal | null {
  if (error instanceof DOMException && error.name === 'AbortError') return null
  if (error instanceof UserError) return { code: error.code, what: error.what, mend: error.mend, detail: '' }
  if (error instanceof ORPCError) {
    const told = refusalSchema.safeParse(error.data)
    if (isDefinedError(error) || told.success)
      if (told.success) return { ...told.data, detail: told.data.detail ?? '' }
    if (error.code === 'CLIENT_CLOSED_REQUEST') return null
    const refusal = invalid(error.data)
    if (refusal) return { ...refusal, detail: error.stack ?? '' }
  }
  if (useConnection.getState().status !== 'open') return null
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'internal/fault',
    what: message,
    mend: 'This is a fault in Tapedeck. Please report it with the details.',
    detail: error instanceof Error ? (error.stack ?? '') : '',
  }
}

/** Shows why something did not happen. Safe to pass to `.catch`. */
export function complain(error: unknown): void {
  const refusal = explain(error)
  if (refusal) useNotices.getState().add({ tone: 'bad', ...refusal })
}
