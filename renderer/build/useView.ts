/** Moving the view: all of the model, or one node of it. */
import { useReactFlow, useStoreApi } from '@xyflow/react'
import { useMemo } from 'react'
import { nodeSize } from '../../main/common/edit.ts'
import { uncover, uncoverBlock } from './blockActions.ts'
import { select, useCanvas } from './canvas.ts'
import { fitOptions } from './fit.ts'
import { blockId } from './flowBlocks.ts'
import { glide } from './motion.ts'
import { focusNode } from './panel/focus.ts'

/** Pixels between a node and the edge of the canvas, less than which it counts as out of view. */
const air = 16

interface View {
  fit: () => void
  /** Selects a node and brings it into view. */
  look: (id: string) => void
  /** The same, and puts the keyboard on it. */
  reveal: (id: string) => void
  /** The same for a block. */
  revealBlock: (id: string) => void
  /** Moves the view only when the node is out of it. */
  show: (id: string) => void
}

export function useView(): View {
  const { fitView, setCenter, getZoom } = useReactFlow()
  const store = useStoreApi()
  return useMemo(() => {
    const centre = (id: string, zoom: number): void => {
      const node = useCanvas.getState().nodes.find((candidate) => candidate.id === id)
      if (!node) return
      const width = node.measured?.width ?? node.width ?? nodeSize.width
      const height = node.measured?.height ?? node.height ?? nodeSize.height
      void setCenter(node.position.x + width / 2, node.position.y + height / 2, { zoom, duration: glide() })
    }
    const look = (id: string): void => {
      if (useCanvas.getState().nodes.some((node) => node.id === id && node.hidden)) uncover(id)
      select([id])
      centre(id, Math.max(0.8, getZoom()))
    }
    return {
      fit: () => void fitView({ ...fitOptions, duration: glide() }),
      look,
      reveal: (id) => {
        look(id)
        focusNode(id)
      },
      revealBlock: (id) => {
        uncoverBlock(id)
        look(blockId(id))
        focusNode(blockId(id))
      },
      show: (id) => {
        const node = useCanvas.getState().nodes.find((candidate) => candidate.id === id)
        const { transform, width, height } = store.getState()
        const [x, y, zoom] = transform
        if (!node) return
        const left = node.position.x * zoom + x
        const top = node.position.y * zoom + y
        const inside =
          left >= air &&
          top >= air &&
          left + nodeSize.width * zoom <= width - air &&
          top + nodeSize.height * zoom <= height - air
        if (!inside) centre(id, zoom)
      },
    }
  }, [fitView, setCenter, getZoom, store])
}
