/**
 * The model that is being built, with its history. One gesture of a person is one step of undo: edits that carry the
 * same gesture name, one right after the other, are joined until `endGesture` (a field is left, a key is let go).
 */
import { temporal } from 'zundo'
import { create } from 'zustand'
import { emptyDocument, type ModelDocument } from '../../main/common/document.ts'
import type { Attempt } from '../../main/common/edit.ts'

export interface ModelState {
  /** Id in the workspace; null until it has been saved once. */
  id: string | null
  /** Grows whenever another model is opened; tells two models without an id apart. */
  session: number
  document: ModelDocument
  /** Replaces the document; one step of undo. */
  setDocument: (document: ModelDocument) => void
  apply: (edit: (document: ModelDocument) => ModelDocument, gesture?: string) => void
  /** Does an edit that may be refused; returns the reason, or null when it was done. */
  attempt: (edit: (document: ModelDocument) => Attempt, gesture?: string) => string | null
  /** Another model: its history starts here. */
  open: (id: string | null, document: ModelDocument) => void
}

/** Steps kept; a step shares everything it did not change with its neighbours, so they are cheap. */
const steps = 500

/** The gesture in progress and the document it left; anything else that changes the document ends it. */
let gestureInProgress: { name: string; document: ModelDocument } | null = null
let joining = false

export const useModel = create<ModelState>()(
  temporal(
    (set, get) => ({
      id: null,
      session: 0,
      document: emptyDocument(),
      setDocument: (document) => get().apply(() => document),
      apply: (edit, gesture) => {
        const before = get().document
        const document = edit(before)
        if (document === before) return
        joining =
          gesture !== undefined &&
          gestureInProgress?.name === gesture &&
          gestureInProgress.document === before
        set({ document })
        joining = false
        gestureInProgress = gesture === undefined ? null : { name: gesture, document }
      },
      attempt: (edit, gesture) => {
        const result = edit(get().document)
        if ('refused' in result) return result.refused
        get().apply(() => result.document, gesture)
        return null
      },
      open: (id, document) => {
        endGesture()
        set({ id, document, session: get().session + 1 })
        useModel.temporal.getState().clear()
      },
    }),
    {
      limit: steps,
      partialize: ({ document }) => ({ document }),
      equality: (a, b) => a.document === b.document,
      handleSet: (record) => (past) => {
        if (!joining) record(past)
      },
    },
  ),
)

export function endGesture(): void {
  gestureInProgress = null
}

export const undo = (): void => useModel.temporal.getState().undo()
export const redo = (): void => useModel.temporal.getState().redo()
