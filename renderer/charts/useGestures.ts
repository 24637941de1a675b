/** Mouse, wheel and keys over a chart: zoom and pan, in shares of the width of the plot. What they mean is the chart's. */
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react'

/** How a chart is zoomed. `Z` says what is shown; places are shares of the width of the plot, from 0 to 1. */
export interface Zooming<Z> {
  whole: Z
  /** What lies between two places. */
  between(zoom: Z, from: number, to: number): Z
  /** Nearer (factor below 1) or further from a place, which stays where it is. */
  by(zoom: Z, factor: number, at: number): Z
  /** Moved by a share of what is shown, to the right when positive. */
  moved(zoom: Z, share: number): Z
}

interface Gestures<Z> {
  zoom: Z
  zooming: Zooming<Z>
  onZoom: ((zoom: Z) => void) | undefined
}

/** Pixels below which a drag was meant as a click. */
const leastDrag = 5

export function useGestures<Z>(gestures: Gestures<Z>) {
  const ref = useRef<HTMLDivElement>(null)
  /** Shares of the width that the pointer was drawn across; null while it is not. */
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null)
  const pan = useRef<{ at: number; zoom: Z } | null>(null)
  const state = useRef(gestures)
  useEffect(() => {
    state.current = gestures
  })
  const { zoom, zooming, onZoom } = gestures

  // React listens passively to the wheel, and would let the page scroll meanwhile.
  useEffect(() => {
    const element = ref.current
    const wheel = (event: WheelEvent): void => {
      const { zoom, zooming, onZoom } = state.current
      if (!onZoom || !element || event.ctrlKey) return
      event.preventDefault()
      const box = element.getBoundingClientRect()
      const sideways =
        Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0
      if (sideways !== 0) onZoom(zooming.moved(zoom, sideways / box.width))
      else onZoom(zooming.by(zoom, 1.0015 ** event.deltaY, (event.clientX - box.left) / box.width))
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
      onZoom?.(zooming.between(zoom, Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)))
    setDrag(null)
    pan.current = null
  }

  return {
    ref,
    drag,
    handlers: {
      // A drag with Shift would select the text of the page up to here.
      onMouseDown: (event: MouseEvent) => {
        if (event.shiftKey) event.preventDefault()
      },
      onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
        if (!onZoom || event.button > 1) return
        event.currentTarget.setPointerCapture(event.pointerId)
        const at = part(event)
        if (event.shiftKey || event.button === 1) pan.current = { at, zoom }
        else setDrag({ from: at, to: at })
      },
      onPointerUp: end,
      onPointerCancel: end,
      onDoubleClick: () => onZoom?.(zooming.whole),
    },
    /** Part of following the pointer; true while it pans, and reads nothing off. */
    move: (event: PointerEvent<HTMLDivElement>): boolean => {
      const at = part(event)
      if (drag) setDrag({ ...drag, to: at })
      if (pan.current) onZoom?.(zooming.moved(pan.current.zoom, pan.current.at - at))
      return pan.current !== null
    },
    /** `+` and `-` zoom around a place, Alt and an arrow moves, 0 shows all; true when the key was one of them. */
    key: (event: KeyboardEvent, around: number): boolean => {
      if (!onZoom) return false
      if (event.key === '+' || event.key === '=') onZoom(zooming.by(zoom, 0.7, around))
      else if (event.key === '-') onZoom(zooming.by(zoom, 1 / 0.7, around))
      else if (event.key === '0') onZoom(zooming.whole)
      else if (event.altKey && event.key === 'ArrowLeft') onZoom(zooming.moved(zoom, -0.2))
      else if (event.altKey && event.key === 'ArrowRight') onZoom(zooming.moved(zoom, 0.2))
      else return false
      event.preventDefault()
      return true
    },
  }
}
