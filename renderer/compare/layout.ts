/** How the Compare page is set up: which plot is shown and how large its parts are. Remembered between starts. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'

export interface CompareLayout {
  /** Which tab of the upper left; see plots.ts. */
  plot: string
  /** Width of the column of differences in pixels. */
  differences: number
  /** Share of the page's height that the table has. */
  table: number
  set: (change: Partial<Omit<CompareLayout, 'set'>>) => void
}

export const useCompareLayout = create<CompareLayout>()(
  persist((set) => ({ plot: 'curves', differences: 340, table: 0.45, set: (change) => set(change) }), {
    name: 'tapedeck-compare-layout',
    version: 1,
  }),
)
