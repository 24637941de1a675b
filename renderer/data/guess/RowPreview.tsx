/** The first rows of a list or table, as they stand in the file. */
import type { Glimpse } from '../../../main/common/data/guess.ts'
import { withShortDecimals } from '../../ui/format.ts'
import classes from './Preview.module.css'

interface RowPreviewProps {
  columns: Glimpse['columns']
  rows: Glimpse['rows']
  /** Names of columns to mark, with what they are for. */
  marked: Readonly<Record<string, string>>
}

/** More columns are reached through the table of columns. */
const mostColumns = 30
/** So few have room for long cells. */
const few = 4

export function RowPreview({ columns, rows, marked }: RowPreviewProps) {
  const shown = columns.slice(0, mostColumns)
  return (
    <div className={classes.rows} tabIndex={0} role="region" aria-label="First rows">
      <table data-few={shown.length <= few || undefined}>
        <thead>
          <tr>
            {shown.map(({ name }) => (
              <th key={name} scope="col" data-marked={marked[name] !== undefined || undefined}>
                <bdi>{name}</bdi>
                {marked[name] !== undefined && <span className={classes.role}>{marked[name]}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {shown.map(({ name }, index) => (
                <td
                  key={name}
                  dir="auto"
                  title={row[index]}
                  data-marked={marked[name] !== undefined || undefined}
                >
                  {withShortDecimals(row[index] ?? '')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
