/** An archive, a folder of event files or a file of metrics dropped on the Compare page is looked at. */
import { lookAtRuns, openRunImport, useRunImport } from '../../state/runImport.ts'
import { usePathDrop, type PathDrop } from '../../ui/usePathDrop.ts'

export function useRunDrop(): PathDrop {
  const busy = useRunImport((s) => s.progress !== null)
  return usePathDrop({ busy, onPath: (path) => void lookAtRuns(path), onNoPath: openRunImport })
}
