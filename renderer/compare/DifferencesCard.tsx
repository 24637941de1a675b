/** The settings of the ticked runs side by side, what differs first. */
import { useEffect, useMemo, useState } from 'react'
import type { Run, RunDetail } from '../../main/common/schemas.ts'
import { runColour } from '../charts/series.ts'
import { client } from '../client.ts'
import { complain } from '../state/notices.ts'
import { useRuns } from '../state/runs.ts'
import { Card } from '../ui/Card.tsx'
import { clsx } from '../ui/clsx.ts'
import classes from './ComparePage.module.css'
import { dataWarning, differences } from './differences.ts'

/** More columns than this cannot be read side by side. */
const most = 6

export function DifferencesCard({ runs }: { runs: readonly Run[] }) {
  const ticked = useRuns((s) => s.ticked)
  const chosen = runs.filter((run) => ticked.has(run.id))
  const shown = chosen.slice(0, most)
  // A run that ends gets its last numbers: its status is part of the question.
  const wanted = shown.map((run) => `${run.id}:${run.status}`).join(' ')
  const [details, setDetails] = useState<RunDetail[]>([])

  useEffect(() => {
    let current = true
    const ids = wanted === '' ? [] : wanted.split(' ').map((one) => Number(one.split(':')[0]))
    Promise.all(ids.map((runId) => client.runs.get({ runId }))).then((found) => {
      if (current) setDetails(found)
    }, complain)
    return () => {
      current = false
    }
  }, [wanted])

  const warning = dataWarning(details)
  const rows = useMemo(() => differences(details), [details])
  const note =
    chosen.length > most
      ? `the newest ${most} of ${chosen.length} ticked runs`
      : details.length > 1
        ? `${rows.filter((row) => row.differs).length} of ${rows.length} settings`
        : ''
  return (
    <Card title={details.length === 1 ? 'Settings' : 'What differs'} note={note} flush>
      {details.length === 0 ? (
        <p className={classes.hint}>Tick two runs to see which settings set them apart.</p>
      ) : (
        <div className={classes.diffScroll}>
          {warning && (
            <p className={classes.warning} role="status">
              {warning}
            </p>
          )}
          <table className={classes.diff}>
            <thead>
              <tr>
                <th scope="col">Setting</th>
                {details.map((run) => (
                  <th key={run.id} scope="col" title={run.name}>
                    <span className={classes.swatch} style={{ background: runColour(run.id) }} aria-hidden />
                    {run.id}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.title} className={clsx(!row.differs && classes.same)}>
                  <th scope="row">{row.title}</th>
                  {row.differs ? (
                    row.values.map((value, i) => <td key={details[i]?.id}>{value}</td>)
                  ) : (
                    <td colSpan={details.length}>{row.values[0]}</td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  )
}
