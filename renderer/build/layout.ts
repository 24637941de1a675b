/** How the Build page is set up: widths, what is folded, which tool is in hand. Remembered between starts. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import type { LayerGroup } from '../../main/common/layer.ts'

export interface Layout {
  /** Widths in pixels. */
  palette: number
  panel: number
  /** Groups of the palette that are closed. */
  foldedGroups: readonly LayerGroup[]
  /** Rarely changed fields of the form are shown. */
  advanced: boolean
  minimap: boolean
  /** What dragging on the open canvas does: moves the view, or draws a box that selects. */
  tool: 'pan' | 'select'
  /** How the model is shown. */
  view: 'canvas' | 'text'
  set: (change: Partial<Omit<Layout, 'set'>>) => void
}

export const useLayout = create<Layout>()(
  persist(
    (set) => ({
      palette: 176,
      panel: 280,
      foldedGroups: [],
      advanced: false,
      minimap: true,
      tool: 'pan',
      view: 'canvas',
      set: (change) => set(change),
    }),
    { name: 'tapedeck-build-layout', version: 1 },
  ),
)

/** Opens or closes a group of the palette. */
export function foldGroup(group: LayerGroup, folded: boolean): void {
  useLayout.setState(({ foldedGroups }) => ({
    foldedGroups: [...foldedGroups.filter((one) => one !== group), ...(folded ? [group] : [])],
  }))
}
