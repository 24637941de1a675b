/** The model on the canvas, as the rest of the page sees it: its document, its problems, undo and redo. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { Dataset } from '../../main/common/data/dataset.ts'
import { analyse, type Analysis } from '../../main/common/shapes.ts'
import { dataShape } from '../../main/common/trainable.ts'
import { redo, undo, useModel } from '../build/store.ts'

export { useModel }

export function useAnalysis(dataset: Dataset | null): Analysis {
  const document = useModel((s) => s.document)
  return useMemo(() => analyse(document, dataShape(dataset)), [document, dataset])
}

interface History {
  canUndo: boolean
  canRedo: boolean
  undo: () => void
  redo: () => void
}

export function useHistory(): History {
  const canUndo = useStore(useModel.temporal, (s) => s.pastStates.length > 0)
  const canRedo = useStore(useModel.temporal, (s) => s.futureStates.length > 0)
  return { canUndo, canRedo, undo, redo }
}
