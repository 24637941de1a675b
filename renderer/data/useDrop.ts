/** Folders and files dropped anywhere on the page are looked at. */
import { lookAt, useImporting } from '../state/importing.ts'
import { usePathDrop, type PathDrop } from '../ui/usePathDrop.ts'

/** @param onNoPath when something is dropped of which a browser does not tell where it lies */
export function useDrop(onNoPath: () => void): PathDrop {
  const busy = useImporting((s) => s.progress !== null)
  return usePathDrop({ busy, onPath: (path) => void lookAt(path), onNoPath })
}
