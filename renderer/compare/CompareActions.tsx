/** The Compare page's part of the top bar, in this order: views, columns, in, out, sweep. One line each. */
import { ExportMenu } from './ExportMenu.tsx'

export function CompareActions() {
  return (
    <>
      <ExportMenu />
    </>
  )
}
