/** Rows of what differs, or of what is the same, under the heads of their sections. */
import { Fragment } from 'react'
import type { RunDetail } from '../../../main/common/schemas.ts'
import { counted } from '../../ui/format.ts'
import classes from './Differences.module.css'
import { sections, type Difference } from './difference.ts'

interface DifferencesTableProps {
  runs: readonly RunDetail[]
  rows: readonly Difference[]
  which: 'different' | 'same'
  colourOf: (runId: number) => string
}

export function DifferencesTable({ runs, rows, which, colourOf }: DifferencesTableProps) {
  const shown = rows.filter(({ differs }) => differs === (which === 'different'))
  if (shown.length === 0) return which === 'same' ? null : runs.length > 1 ? <Nothing /> : null
  const table = (
    <table className={classes.table} aria-label={which === 'same' ? 'The same' : 'What differs'}>
      {which === 'different' && (
        <thead>
          <tr>
            <th scope="col">Setting</th>
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
        {sections.map((section) => {
          const own = shown.filter((row) => row.section === section)
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
                    <td colSpan={runs.length}>{row.values[0]}</td>
                  ) : (
                    row.values.map((value, i) => (
                      <td key={runs[i]?.id} title={value}>
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
  if (which === 'different') return table
  if (runs.length === 1) return table
  return (
    <details className={classes.same}>
      <summary>{counted(shown.length, 'thing')} the same</summary>
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

const Nothing = () => <p className={classes.hint}>Nothing differs that is recorded of these runs.</p>
