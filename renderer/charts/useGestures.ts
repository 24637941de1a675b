/** Mouse, wheel and keys over a chart: zoom, pan, read off. */
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { panBy, zoomBy, zoomTo, type Zoom } from './zoom.ts'

interface Gestures {
  zoom: Zoom
  /** Last step of the run. */
  full: number
  onZoom: ((zoom: Zoom) => void) | undefined
  /** The step at a share of the plot's width. */
  stepAt: (part: number) => number
}

/** Pixels below which a drag was meant as a click. */
const leastDrag = 5

export function useGestures({ zoom, full, onZoom, stepAt }: Gestures) {
  const ref = useRef<HTMLDivElement>(null)
  /** Shares of the width that the pointer was drawn across; null while it is not. */
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null)
  const pan = useRef<{ at: number; zoom: Zoom } | null>(null)
  const state = useRef({ zoom, full, onZoom, stepAt })
  useEffect(() => {
    state.current = { zoom, full, onZoom, stepAt }
  })

  // React listens passively to the wheel, and would let the page scroll meanwhile.
  useEffect(() => {
    const element = ref.current
    const wheel = (event: WheelEvent): void => {
      const { zoom, full, onZoom, stepAt } = state.current
      if (!onZoom || !element || event.ctrlKey) return
      event.preventDefault()
      const box = element.getBoundingClientRect()
      const sideways =
        Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0
      if (sideways !== 0) onZoom(panBy(zoom, sideways / box.width, full))
      else onZoom(zoomBy(zoom, 1.0015 ** event.deltaY, stepAt((event.clientX - box.left) / box.width), full))
    }
    element?.addEventListener('wheel', wheel, { passive: false })
    return () => element?.removeEventListener('wheel', wheel)
  }, [])

  const part = (event: PointerEvent<HTMLDivElement>): number => {
    const box = event.currentTarget.getBoundingClientRect()
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width))
  }
  const end = (event: PointerEvent<HTMLDivElement>): void => {
    const width = event.currentTarget.getBoundingClientRect().width
    if (drag && Math.abs(drag.to - drag.from) * width >= leastDrag)
      onZoom?.(zoomTo(stepAt(drag.from), stepAt(drag.to), full))
    setDrag(null)
    pan.current = null
  }

  return {
    ref,
    drag,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
        if (!onZoom || event.button > 1) return
        event.currentTarget.setPointerCapture(event.pointerId)
        const at = part(event)
        if (event.shiftKey || event.button === 1) pan.current = { at, zoom }
        else setDrag({ from: at, to: at })
      },
      onPointerUp: end,
      onPointerCancel: end,
      onDoubleClick: () => onZoom?.(null),
    },
    /** Part of following the pointer. */
    move: (event: PointerEvent<HTMLDivElement>) => {
      const at = part(event)
      if (drag) setDrag({ ...drag, to: at })
      if (pan.current) onZoom?.(panBy(pan.current.zoom, pan.current.at - at, full))
    },
    /** `+` and `-` zoom around a step, Alt and an arrow moves, 0 shows all; true when the key was one of them. */
    key: (event: KeyboardEvent, around: number): boolean => {
      if (!onZoom) return false
      if (event.key === '+' || event.key === '=') onZoom(zoomBy(zoom, 0.7, around, full))
      else if (event.key === '-') onZoom(zoomBy(zoom, 1 / 0.7, around, full))
      else if (event.key === '0') onZoom(null)
      else if (event.altKey && event.key === 'ArrowLeft') onZoom(panBy(zoom, -0.2, full))
      else if (event.altKey && event.key === 'ArrowRight') onZoom(panBy(zoom, 0.2, full))
      else return false
      event.preventDefault()
      return true
    },
  }
}
