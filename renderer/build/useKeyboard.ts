/** Keys of the Build page. What is typed into a field stays with the field, except undo in the parameter form. */
import { useStoreApi } from '@xyflow/react'
import { useEffect } from 'react'
import {
  columnsIn,
  copiedText,
  duplicateSelected,
  nudge,
  pasteText,
  removeSelected,
  tidyUp,
} from './actions.ts'
import { bypassSelected, foldSelected, groupSelected, ungroupSelected } from './blockActions.ts'
import { canvasId, select, useCanvas } from './canvas.ts'
import { findFieldId } from './FindBox.tsx'
import { useLayout } from './layout.ts'
import { focusForm, formId } from './panel/focus.ts'
import { searchFieldId } from './Palette.tsx'
import { redo, undo } from './store.ts'
import { useView } from './useView.ts'

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null

/** True in a menu, a dialogue or a list that has its own meaning for keys. */
const elsewhere = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('[role=dialog], [role=listbox], [role=menu]') !== null

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** Every layer and folded block; frames come with what they hold. */
const selectAll = (): void =>
  select(useCanvas.getState().nodes.flatMap((node) => (node.type === 'frame' ? [] : [node.id])))

/** Opens the search on the canvas, or goes back to it. */
function find(): void {
  useCanvas.setState({ finding: true })
  const field = document.getElementById(findFieldId)
  if (field instanceof HTMLInputElement) field.select()
}

export function useKeyboard(): void {
  const store = useStoreApi()
  const { fit } = useView()

  useEffect(() => {
    const withControl = (event: KeyboardEvent): boolean => {
      const inForm = event.target instanceof Element && event.target.closest(`#${formId}`) !== null
      const inFind = event.target instanceof Element && event.target.id === findFieldId
      if (typing(event.target) && !inForm && !(inFind && event.key.toLowerCase() === 'f')) return false
      const key = event.key.toLowerCase()
      if (key === 'f' && !event.shiftKey) find()
      else if (key === 'z') (event.shiftKey ? redo : undo)()
      else if (key === 'y') redo()
      else if (inForm) return false
      else if (key === 'd') duplicateSelected(event.shiftKey)
      else if (key === 'g') (event.shiftKey ? ungroupSelected : groupSelected)()
      else if (key === 'a') selectAll()
      else return false
      return true
    }
    const plain = (event: KeyboardEvent): boolean => {
      const { target, key } = event
      if (typing(target) || elsewhere(target)) return false
      const onNode = target instanceof HTMLElement && target.classList.contains('react-flow__node')
      const arrow = arrows[key]
      const onCanvas = target === document.body || (target instanceof HTMLElement && target.id === canvasId)
      if (key === 'Delete' || key === 'Backspace') {
        removeSelected()
        document.getElementById(canvasId)?.focus({ preventScroll: true })
      } else if (key === 'Escape') select([])
      else if (key === '/') document.getElementById(searchFieldId)?.focus()
      else if (key === 'f') fit()
      else if (key === 'h' || key === 'v') useLayout.getState().set({ tool: key === 'h' ? 'pan' : 'select' })
      else if (key === 'm') bypassSelected()
      else if (key === 'c') foldSelected()
      else if (key === 't') {
        tidyUp(columnsIn(store.getState().width))
        fit()
      } else if (key === 'Enter' && onNode) {
        select([target.dataset.id ?? ''])
        focusForm()
      } else if (arrow && onCanvas && useCanvas.getState().selectedNodes.length > 0) {
        const steps = event.shiftKey ? 4 : 1
        nudge(arrow[0] * steps, arrow[1] * steps)
      } else return false
      return true
    }
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey) return
      const done = event.ctrlKey || event.metaKey ? withControl(event) : plain(event)
      if (done) event.preventDefault()
    }
    const onCopy = (event: ClipboardEvent): void => {
      // Text that is marked somewhere is what is meant then.
      if (typing(event.target) || getSelection()?.isCollapsed === false) return
      const text = copiedText()
      if (text === null) return
      event.clipboardData?.setData('text/plain', text)
      event.preventDefault()
      if (event.type === 'cut') removeSelected()
    }
    const onPaste = (event: ClipboardEvent): void => {
      if (typing(event.target)) return
      if (pasteText(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    document.addEventListener('copy', onCopy)
    document.addEventListener('cut', onCopy)
    document.addEventListener('paste', onPaste)
    return () => {
      window.removeEventListener('keydown', onKeyDown)
      document.removeEventListener('copy', onCopy)
      document.removeEventListener('cut', onCopy)
      document.removeEventListener('paste', onPaste)
    }
  }, [store, fit])
}
