/** The file of weights that the next run begins with; not remembered, as it is meant for one run. */
import { create } from 'zustand'

export const useBeginning = create<{ path: string }>(() => ({ path: '' }))
