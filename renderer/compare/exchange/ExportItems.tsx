/** What can be made of the ticked runs: entries of the export menu. */
import { Menu } from '@mantine/core'
import type { ExportFormat } from '../../../main/common/exchange/exchange.ts'
import { openRunExport } from '../../state/runExport.ts'
import { useRuns } from '../../state/runs.ts'
import { counted } from '../../ui/format.ts'

const entries: readonly { format: ExportFormat; label: string }[] = [
  { format: 'archive', label: 'Archive, to be imported again…' },
  { format: 'report', label: 'Report in Markdown…' },
  { format: 'csv', label: 'Every point as CSV…' },
  { format: 'json', label: 'Every point as JSON…' },
]

export function ExportItems() {
  const list = useRuns((s) => s.list)
  const ticked = useRuns((s) => s.ticked)
  const runs = (list ?? []).filter(({ id }) => ticked.has(id))
  return (
    <>
      <Menu.Divider />
      <Menu.Label>
        {runs.length === 0 ? 'Tick runs to export them' : counted(runs.length, 'ticked run')}
      </Menu.Label>
      {entries.map(({ format, label }) => (
        <Menu.Item key={format} disabled={runs.length === 0} onClick={() => void openRunExport(format, runs)}>
          {label}
        </Menu.Item>
      ))}
    </>
  )
}
