/** How a table of metrics is read: what was guessed and why, which column means what, and its first rows. */
import { Select } from '@mantine/core'
import type { SourceLook, TableReading } from '../../../main/common/exchange/exchange.ts'
import { changeReading, useRunImport } from '../../state/runImport.ts'
import { counted, withShortDecimals } from '../../ui/format.ts'
import classes from './Exchange.module.css'
import { long, roleOf, withRole, type Role } from './reading.ts'

type Table = NonNullable<SourceLook['table']>

const roles: readonly { role: Role; label: string; none: string }[] = [
  { role: 'step', label: 'Step', none: 'Count the rows' },
  { role: 'epoch', label: 'Epoch', none: 'None' },
  { role: 'time', label: 'Time', none: 'None' },
  { role: 'run', label: 'Run', none: 'All is one run' },
  { role: 'metric', label: 'Metric’s name', none: 'Every column is a metric' },
  { role: 'value', label: 'Metric’s value', none: 'None' },
]

export function TableReadingFields({ table }: { table: Table }) {
  const reading = useRunImport((s) => s.reading)
  if (!reading) return null
  const changed = JSON.stringify(reading) !== JSON.stringify(table.reading)
  return (
    <>
      <ul className={classes.reasons} aria-label="How it is read">
        {(changed ? changedWords(reading) : table.reasons).map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      <div className={classes.roles}>
        {roles.map(({ role, label, none }) => (
          <Select
            key={role}
            label={label}
            data={[
              { value: '', label: none },
              ...table.columns.map((name) => ({ value: ` ${name}`, label: name })),
            ]}
            value={reading[role] === null ? '' : ` ${reading[role]}`}
            searchable
            limit={200}
            onChange={(value) =>
              changeReading(withRole(reading, role, value ? value.slice(1) : null, table.columns))
            }
          />
        ))}
      </div>
      <Preview table={table} reading={reading} />
    </>
  )
}

const changedWords = (reading: TableReading): string[] => [
  long(reading)
    ? 'One value a row, as you chose.'
    : `One row a step: ${counted(reading.metrics.length, 'metric')}, as you chose.`,
]

function Preview({ table: { columns, rows }, reading }: { table: Table; reading: TableReading }) {
  const shown = columns.slice(0, 40).map((name, i) => ({ name, i, role: roleOf(reading, name) }))
  return (
    <div className={classes.preview} tabIndex={0} role="region" aria-label="First rows">
      <table>
        <thead>
          <tr>
            {shown.map(({ name, i, role }) => (
              <th key={i} title={name} data-used={role !== null}>
                {name}
                <span className={classes.role}>{role ?? 'left out'}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, 6).map((row, r) => (
            <tr key={r}>
              {shown.map(({ i, role }) => (
                <td key={i} title={row[i]} data-used={role !== null}>
                  {withShortDecimals(row[i] ?? '')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
