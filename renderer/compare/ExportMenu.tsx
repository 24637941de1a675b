/** What can be taken out of the Compare page: one line each. */
import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useRuns } from '../state/runs.ts'
import { CurveExport } from './curves/export/CurveExport.tsx'
import { ExportDialog } from './exchange/ExportDialog.tsx'
import { ExportItems } from './exchange/ExportItems.tsx'
import { TableExport } from './table/TableExport.tsx'

export function ExportMenu() {
  const none = useRuns((s) => !s.list || s.list.length === 0)
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" disabled={none} rightSection={<IconChevronDown size={14} />}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <CurveExport />
          <Menu.Divider />
          <TableExport />
          <ExportItems />
        </Menu.Dropdown>
      </Menu>
      <ExportDialog />
    </>
  )
}
