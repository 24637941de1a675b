/** A folder or file dropped on a part of the page; where the shell tells its path. */
import { useState, type DragEvent } from 'react'
import { useNotices } from '../state/notices.ts'

export interface PathDrop {
  /** Whether something is held over it that may be dropped. */
  over: boolean
  handlers: Record<'onDragOver' | 'onDragLeave' | 'onDrop', (event: DragEvent) => void>
}

/**
 * @param busy nothing is taken now
 * @param onNoPath when something is dropped of which a browser does not tell where it lies
 */
export function usePathDrop({
  busy,
  onPath,
  onNoPath,
}: {
  busy: boolean
  onPath: (path: string) => void
  onNoPath: () => void
}): PathDrop {
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent): void => {
    // Also text dragged into a field arrives here.
    const [file] = event.dataTransfer.files
    if (!file) return
    event.preventDefault()
    setOver(false)
    if (busy) return
    const path = window.tapedeckPathOf?.(file) ?? ''
    if (path !== '') {
      onPath(path)
      return
    }
    useNotices.getState().add({
      tone: 'bad',
      code: 'page/no-path',
      what: `A browser does not tell where “${file.name}” lies.`,
      mend: 'Choose it here instead: the list shows the machine that Tapedeck runs on.',
      detail: '',
    })
    onNoPath()
  }
  return {
    over,
    handlers: {
      onDragOver(event) {
        // Texts dragged into a field are none of ours.
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(!busy)
      },
      onDragLeave(event) {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      },
      onDrop: drop,
    },
  }
}
