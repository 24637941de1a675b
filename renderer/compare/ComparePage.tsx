/** Compare: ticked runs drawn over each other, what differs between them, and the table of all runs. */
import { Button } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { useEffect } from 'react'
import { metrics } from '../../main/common/schemas.ts'
import { goTo } from '../state/pages.ts'
import { tickOnly, useRuns } from '../state/runs.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import classes from './ComparePage.module.css'
import { DifferencesCard } from './DifferencesCard.tsx'
import { OverlayChart } from './OverlayChart.tsx'
import { RunsTable } from './RunsTable.tsx'

/** Two runs are what a person came to compare: the newest are ticked once, and left alone from then on. */
let suggested = false

export function ComparePage() {
  const list = useRuns((s) => s.list)
  useEffect(() => {
    if (suggested || !list || list.length === 0) return
    suggested = true
    const { ticked } = useRuns.getState()
    const drawable = list.filter(
      (run) => !ticked.has(run.id) && run.summaries[metrics.batchLoss] !== undefined,
    )
    tickOnly([...ticked, ...drawable.slice(0, Math.max(0, 2 - ticked.size)).map((run) => run.id)])
  }, [list])

  if (list === null) return null
  if (list.length === 0)
    return (
      <div className={classes.empty}>
        <EmptyState
          icon={<IconChartBar size={40} stroke={1.2} />}
          title="No runs yet"
          action={<Button onClick={() => goTo('train')}>Go to Train</Button>}
        >
          Every run is kept here with its settings, its model and its curves. Train twice with one thing
          changed, then lay the two over each other.
        </EmptyState>
      </div>
    )
  return (
    <div className={classes.page}>
      <OverlayChart runs={list} />
      <DifferencesCard runs={list} />
      <RunsTable runs={list} />
    </div>
  )
}
