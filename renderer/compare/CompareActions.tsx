/** The Compare page's part of the top bar, in this order: views, columns, in, out, sweep. One line each. */
import { ImportButton } from './exchange/ImportButton.tsx'
import { ExportMenu } from './ExportMenu.tsx'

export function CompareActions() {
  return (
    <>
      <ImportButton />
      <ExportMenu />
    </>
  )
}
