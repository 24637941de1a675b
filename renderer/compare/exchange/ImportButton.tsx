/** Runs from an archive, another tool or a file of metrics. */
import { Button } from '@mantine/core'
import { openRunImport, useRunImport } from '../../state/runImport.ts'
import { ImportDialog } from './ImportDialog.tsx'

export function ImportButton() {
  const busy = useRunImport((s) => s.progress !== null)
  return (
    <>
      <Button variant="default" onClick={openRunImport}>
        {busy ? 'Importing…' : 'Import…'}
      </Button>
      <ImportDialog />
    </>
  )
}
