/** The Compare page's part of the top bar, in this order: views, columns, in, followed, out, sweep. One line each. */
import { FollowButton } from './exchange/FollowButton.tsx'
import { ImportButton } from './exchange/ImportButton.tsx'
import { SweepButton } from '../sweep/SweepButton.tsx'
import { SweepsLink } from '../sweep/SweepsLink.tsx'
import { ExportMenu } from './ExportMenu.tsx'
import { ColumnsMenu } from './table/ColumnsMenu.tsx'
import { ViewsMenu } from './table/ViewsMenu.tsx'

export function CompareActions() {
  return (
    <>
      <ViewsMenu />
      <ColumnsMenu />
      <ImportButton />
      <FollowButton />
      <ExportMenu />
      <SweepsLink />
      <SweepButton />
    </>
  )
}
