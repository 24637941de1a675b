/**
 * Dragging a layer from the palette with pointer events: the same for mouse, pen and touch, with the wire under the
 * pointer lit up on the way, which the browser's own drag and drop cannot do.
 */
import { useReactFlow } from '@xyflow/react'
import { useRef, type PointerEvent as ReactPointerEvent } from 'react'
import { passesOn } from '../../main/common/shapes.ts'
import { addAt } from './actions.ts'
import { useCanvas } from './canvas.ts'
import { isOverCanvas, wireAt } from './pointer.ts'

/** A press that moves less than this is a press. */
const threshold = 4

interface PaletteDrag {
  onPointerDown: (event: ReactPointerEvent) => void
  /** True when the click that ends a press was the end of a drag. */
  wasDragged: () => boolean
}

export function usePaletteDrag(kind: string): PaletteDrag {
  const { screenToFlowPosition } = useReactFlow()
  const dragged = useRef(false)

  const onPointerDown = (down: ReactPointerEvent): void => {
    if (down.button !== 0) return
    dragged.current = false
    const passes = passesOn({ kind, parameters: {} })

    const move = (event: PointerEvent): void => {
      const { clientX: x, clientY: y } = event
      if (!dragged.current && Math.hypot(x - down.clientX, y - down.clientY) < threshold) return
      dragged.current = true
      useCanvas.setState({ dragged: { kind, x, y }, spliceTarget: passes ? wireAt(x, y) : null })
    }
    const up = (event: PointerEvent): void => {
      const target = useCanvas.getState().spliceTarget
      end()
      const { clientX: x, clientY: y } = event
      if (dragged.current && isOverCanvas(x, y)) addAt(kind, screenToFlowPosition({ x, y }), target)
    }
    const cancel = (event: Event): void => {
      if (event instanceof KeyboardEvent && event.key !== 'Escape') return
      event.stopPropagation()
      end()
    }
    const end = (): void => {
      window.removeEventListener('pointermove', move)
      window.removeEventListener('pointerup', up)
      window.removeEventListener('pointercancel', cancel)
      window.removeEventListener('keydown', cancel, true)
      useCanvas.setState({ dragged: null, spliceTarget: null })
    }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', up)
    window.addEventListener('pointercancel', cancel)
    window.addEventListener('keydown', cancel, true)
  }
  return { onPointerDown, wasDragged: () => dragged.current }
}
