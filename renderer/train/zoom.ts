/** Which steps all charts of the Train page show. */
import { useCallback } from 'react'
import { create } from 'zustand'
import type { Zoom } from '../charts/zoom.ts'

const useStore = create<{ runId: number | null; zoom: Zoom }>(() => ({ runId: null, zoom: null }))

/** Milliseconds that a zoom stands still before its points are read. */
export const settled = 120

/** The zoom of a run; another run is shown whole. */
export function useTrainZoom(runId: number | null): { zoom: Zoom; onZoom: (zoom: Zoom) => void } {
  const zoom = useStore((s) => (s.runId === runId ? s.zoom : null))
  const onZoom = useCallback((next: Zoom) => useStore.setState({ runId, zoom: next }), [runId])
  return { zoom, onZoom }
}
