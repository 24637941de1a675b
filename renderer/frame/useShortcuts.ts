/** Keys that work on every page: Ctrl+1..6 for the pages, Ctrl+Enter to train. */
import { useLayoutEffect } from 'react'
import { goTo, pages } from '../state/pages.ts'
import { useTrainAction } from '../train/useTrainAction.ts'

export function useShortcuts(): void {
  const { train } = useTrainAction()
  // Before the window is first drawn: what can be seen listens.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      const page = pages[Number(event.key) - 1]
      if (page) {
        event.preventDefault()
        goTo(page)
      } else if (event.key === 'Enter') {
        event.preventDefault()
        train()
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [train])
}
