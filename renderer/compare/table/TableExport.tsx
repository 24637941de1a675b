/** The table as it is shown, as a file. */
import { Menu } from '@mantine/core'
import { useRuns } from '../../state/runs.ts'
import { download } from '../../ui/download.ts'
import { toCsv, toJson } from './exportTable.ts'
import { useTable } from './useTable.ts'

export function TableExport() {
  const list = useRuns((s) => s.list)
  const { runs, shown, find } = useTable(list ?? [])
  const fields = shown.map(({ field }) => field)
  return (
    <>
      <Menu.Label>Table as shown</Menu.Label>
      <Menu.Item onClick={() => download('runs.csv', toCsv(runs, fields, find), 'text/csv')}>CSV</Menu.Item>
      <Menu.Item onClick={() => download('runs.json', toJson(runs, fields, find), 'application/json')}>
        JSON
      </Menu.Item>
    </>
  )
}
