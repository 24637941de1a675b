/** How the plots of runs are set up; remembered, but for what is brushed. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import type { Brush } from './axis.ts'

interface PlotSetup {
  /** Fields of the parallel coordinates, left to right; null: those that suit the runs. */
  axes: string[] | null
  /** Field that runs are coloured by; null: the last axis, or the one that suits. */
  colour: string | null
  x: string | null
  y: string | null
  /** Null: where it suits. */
  logX: boolean | null
  logY: boolean | null
  /** By field. In force while any run is brushed, see state/runs.ts. */
  brushes: Readonly<Record<string, Brush>>
  set: (change: Partial<Omit<PlotSetup, 'set'>>) => void
}

export const usePlots = create<PlotSetup>()(
  persist(
    (set) => ({
      axes: null,
      colour: null,
      x: null,
      y: null,
      logX: null,
      logY: null,
      brushes: {},
      set: (change) => set(change),
    }),
    {
      name: 'tapedeck.plots',
      partialize: ({ axes, colour, x, y, logX, logY }) => ({ axes, colour, x, y, logX, logY }),
    },
  ),
)
