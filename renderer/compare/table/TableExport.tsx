/** The table as it is shown, as a file. */
import { Menu } from '@mantine/core'
import { usePreferences } from '../../state/preferences.ts'
import { useRuns } from '../../state/runs.ts'
import { download } from '../../ui/download.ts'
import { columns, sortRuns } from './columns.ts'
import { csv } from './csv.ts'

function exportCsv(): void {
  const runs = sortRuns(useRuns.getState().list ?? [], usePreferences.getState().compareSort)
  const rows = runs.map((run) => columns.map((column) => String(column.value(run) ?? '')))
  download('runs.csv', csv([columns.map((column) => column.title), ...rows]), 'text/csv')
}

export function TableExport() {
  return <Menu.Item onClick={exportCsv}>Table as CSV</Menu.Item>
}
