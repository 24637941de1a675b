/** Where the pointer reads a chart: one step for all charts of a page, whatever their axis is in. */
import { create } from 'zustand'

export const useCursor = create<{ step: number | null }>(() => ({ step: null }))
