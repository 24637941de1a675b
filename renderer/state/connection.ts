/** Whether the page reaches the services. */
import { create } from 'zustand'

interface Connection {
  status: 'connecting' | 'open' | 'lost'
  /** When the next attempt is made, milliseconds since 1970; null when there will be none. */
  retryAt: number | null
  /** Counts openings: whoever keeps a stream starts it anew when this grows. */
  session: number
  opened: () => void
  lost: (retryAt: number | null) => void
}

export const useConnection = create<Connection>((set) => ({
  status: 'connecting',
  retryAt: null,
  session: 0,
  opened: () => set((s) => ({ status: 'open', retryAt: null, session: s.session + 1 })),
  lost: (retryAt) => set({ status: 'lost', retryAt }),
}))
