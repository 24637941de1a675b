/** Folders and files dropped anywhere on the page are looked at; where the shell tells their path. */
import { useState, type DragEvent } from 'react'
import { lookAt, useImporting } from '../state/importing.ts'
import { useNotices } from '../state/notices.ts'

interface Drop {
  /** Whether something is held over the page that may be dropped. */
  over: boolean
  handlers: Record<'onDragOver' | 'onDragLeave' | 'onDrop', (event: DragEvent) => void>
}

/** @param onNoPath when something is dropped of which a browser does not tell where it lies */
export function useDrop(onNoPath: () => void): Drop {
  const [over, setOver] = useState(false)
  const busy = useImporting((s) => s.progress !== null)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (!file || busy) return
    const path = window.tapedeckPathOf?.(file) ?? ''
    if (path !== '') {
      void lookAt(path)
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
