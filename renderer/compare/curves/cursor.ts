/** Where the pointer reads the curves: one place for all charts of the grid, and which of them it is over. */
import { create } from 'zustand'

export const useCurveCursor = create<{ x: number | null; metric: string | null }>(() => ({
  x: null,
  metric: null,
}))
