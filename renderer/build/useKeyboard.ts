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
import { searchFieldId } from './Palette.tsx'
import { focusForm, focusNode, formId } from './panel/focus.ts'
import { redo, undo, useModel } from './store.ts'
import { useView } from './useView.ts'
import { neighbour, type Direction } from './walk.ts'

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null

/** True in a menu, a dialogue or a list that has its own meaning for keys. */
const elsewhere = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('[role=dialog], [role=listbox], [role=menu]') !== null

const arrows: Readonly<Record<string, readonly [Direction, number, number]>> = {
  ArrowLeft: ['left', -1, 0],
  ArrowRight: ['right', 1, 0],
  ArrowUp: ['up', 0, -1],
  ArrowDown: ['down', 0, 1],
}

/** What is drawn and has the keyboard; else what was selected last. */
function current(target: EventTarget | null): string | null {
  if (target instanceof HTMLElement && target.classList.contains('react-flow__node'))
    return target.dataset.id ?? null
  return useCanvas.getState().nodes.findLast((node) => node.selected)?.id ?? null
}

/** True where arrows are about the canvas and not about a slider, a list or a button. */
const onCanvas = (target: EventTarget | null): boolean =>
  target === document.body ||
  (target instanceof HTMLElement && (target.id === canvasId || target.classList.contains('react-flow__node')))

/** Every layer and folded block; frames come with what they hold. */
const selectAll = (): void =>
  select(useCanvas.getState().nodes.flatMap((node) => (node.type === 'frame' ? [] : [node.id])))

/** Opens the search on the canvas, or goes back to it. */
function find(): void {
  useCanvas.setState({ finding: true })
  const field = document.getElementById(findFieldId)
  if (field instanceof HTMLInputElement) field.select()
}

/** Adds a node to the selection or takes it out. */
function toggle(id: string): void {
  const { nodes } = useCanvas.getState()
  const chosen = nodes.filter((node) => (node.id === id ? !node.selected : node.selected))
  select(chosen.map((node) => node.id))
}

/** In the text view only history, the list of keys and the way back have keys; the text has its own undo. */
function inText(event: KeyboardEvent): void {
  if (typing(event.target) || elsewhere(event.target)) return
  const control = event.ctrlKey || event.metaKey
  if (control && event.key.toLowerCase() === 'z') (event.shiftKey ? redo : undo)()
  else if (!control && event.key === 'e') useLayout.getState().set({ view: 'canvas' })
  else if (!control && event.key === '?') useCanvas.setState({ cheatSheet: true })
  else return
  event.preventDefault()
}

export function useKeyboard(): void {
  const store = useStoreApi()
  const { fit, show } = useView()

  useEffect(() => {
    const arrow = (event: KeyboardEvent, control: boolean): boolean => {
      const [direction, dx, dy] = arrows[event.key] ?? []
      if (direction === undefined || dx === undefined || dy === undefined || !onCanvas(event.target))
        return false
      const from = current(event.target)
      if (control) {
        const steps = event.shiftKey ? 4 : 1
        nudge(dx * steps, dy * steps)
        return true
      }
      const next = neighbour(from ?? '', direction, useCanvas.getState())
      if (next === null) return from !== null
      const kept = event.shiftKey ? useCanvas.getState().nodes.filter((node) => node.selected) : []
      select([...kept.map((node) => node.id), next])
      show(next)
      focusNode(next)
      return true
    }
    const withControl = (event: KeyboardEvent): boolean => {
      const { target } = event
      const inForm = target instanceof Element && target.closest(`#${formId}`) !== null
      const inFind = target instanceof Element && target.id === findFieldId
      const key = event.key.toLowerCase()
      if (typing(target) && !inForm && !(inFind && key === 'f')) return false
      if (key === 'f' && !event.shiftKey) find()
      else if (key === 'z') (event.shiftKey ? redo : undo)()
      else if (key === 'y') redo()
      else if (inForm) return false
      else if (key === 'd') duplicateSelected(event.shiftKey)
      else if (key === 'g') (event.shiftKey ? ungroupSelected : groupSelected)()
      else if (key === 'a') selectAll()
      else if (key === ' ') {
        const id = current(target)
        if (id !== null) toggle(id)
      } else return arrow(event, true)
      return true
    }
    const plain = (event: KeyboardEvent): boolean => {
      const { target, key } = event
      if (typing(target) || elsewhere(target)) return false
      const onNode = target instanceof HTMLElement && target.classList.contains('react-flow__node')
      const here = current(target)
      switch (key) {
        case 'Delete':
        case 'Backspace':
          removeSelected()
          document.getElementById(canvasId)?.focus({ preventScroll: true })
          return true
        case 'Escape':
          select([])
          return true
        case '/':
          document.getElementById(searchFieldId)?.focus()
          return true
        case '?':
          useCanvas.setState({ cheatSheet: true })
          return true
        case 'f':
          fit()
          return true
        case 'h':
        case 'v':
          useLayout.getState().set({ tool: key === 'h' ? 'pan' : 'select' })
          return true
        case 'e':
          useLayout.getState().set({ view: 'text' })
          return true
        case 'm':
          bypassSelected()
          return true
        case 'c':
          foldSelected()
          return true
        case 't':
          tidyUp(columnsIn(store.getState().width))
          fit()
          return true
        case 'w':
          if (here === null || !useModel.getState().document.nodes.some((node) => node.id === here))
            return false
          select([here])
          useCanvas.setState({ wiring: here })
          return true
        case ' ':
          if (!onNode || here === null) return false
          select([here])
          return true
        case 'Enter':
          if (here === null || (!onNode && !onCanvas(target))) return false
          select([here])
          focusForm()
          return true
        default:
          return arrow(event, false)
      }
    }
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey) return
      if (useLayout.getState().view === 'text') return inText(event)
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
  }, [store, fit, show])
}
