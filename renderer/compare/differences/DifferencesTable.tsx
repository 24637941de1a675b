/** Rows of what differs, or of what is the same, under the heads of their sections. */
import { Fragment } from 'react'
import type { RunDetail } from '../../../main/common/schemas.ts'
import { counted } from '../../ui/format.ts'
import classes from './Differences.module.css'
import { sections, type Difference } from './difference.ts'

const titles = { different: 'What differs', outcome: 'What came of it', same: 'The same' } as const

interface DifferencesTableProps {
  runs: readonly RunDetail[]
  rows: readonly Difference[]
  /** `different`: what may be why. `outcome`: what came of it, below. Both under the runs' numbers. `same`: folded. */
  which: 'different' | 'outcome' | 'same'
  colourOf: (runId: number) => string
}

export function DifferencesTable({ runs, rows, which, colourOf }: DifferencesTableProps) {
  if (rows.length === 0 && (which !== 'different' || runs.length === 1)) return null
  const table = (
    <table className={classes.table} aria-label={titles[which]}>
      {which !== 'same' && (
        <thead>
          <tr>
            <th scope="col">{which === 'different' ? 'Setting' : 'Result'}</th>
            {runs.map((run) => (
              <th key={run.id} scope="col" title={run.name}>
                <span className={classes.swatch} style={{ background: colourOf(run.id) }} aria-hidden />
                {run.id}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {rows.length === 0 && (
          <tr>
            <td className={classes.nothing} colSpan={runs.length + 1}>
              No setting, data or engine differs.
            </td>
          </tr>
        )}
        {sections.map((section) => {
          const own = rows.filter((row) => row.section === section)
          if (own.length === 0) return null
          return (
            <Fragment key={section}>
              <tr className={classes.section}>
                <th scope="colgroup" colSpan={runs.length + 1}>
                  {section}
                </th>
              </tr>
              {own.map((row) => (
                <tr key={row.title}>
                  <th scope="row" title={row.help}>
                    {row.title}
                  </th>
                  {which === 'same' ? (
                    <td colSpan={runs.length} data-code={row.isCode || undefined}>
                      {row.values[0]}
                    </td>
                  ) : (
                    row.values.map((value, i) => (
                      <td key={runs[i]?.id} title={value} data-code={row.isCode || undefined}>
                        {value}
                        <DeltaText row={row} at={i} />
                      </td>
                    ))
                  )}
                </tr>
              ))}
            </Fragment>
          )
        })}
      </tbody>
    </table>
  )
  if (which !== 'same' || runs.length === 1) return table
  return (
    <details className={classes.same}>
      <summary>{counted(rows.length, 'thing')} the same</summary>
      {table}
    </details>
  )
}

function DeltaText({ row, at }: { row: Difference; at: number }) {
  const delta = row.deltas?.[at]
  if (!delta) return null
  return (
    <span
      className={classes.delta}
      data-better={delta.better}
      title={delta.better ? 'better than the baseline' : 'worse than the baseline'}
    >
      {delta.text}
    </span>
  )
}
