/** The queue of sweeps, and what came of the one that is looked at. */
import { Button } from '@mantine/core'
import { IconAdjustmentsSearch } from '@tabler/icons-react'
import { goTo } from '../state/pages.ts'
import { useSweepDetail, useSweeps } from '../state/sweeps.ts'
import { useObstacles } from '../state/training.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { QueuePanel } from './QueuePanel.tsx'
import { SweepButton } from './SweepButton.tsx'
import { SweepResult } from './SweepResult.tsx'
import classes from './SweepsPage.module.css'

export function SweepsPage() {
  const queue = useSweeps((s) => s.queue)
  const chosen = useSweeps((s) => s.chosen)
  const shown = queue?.sweeps.find(({ id }) => id === chosen) ?? queue?.sweeps[0]
  const detail = useSweepDetail(shown?.id ?? null)
  const [obstacle] = useObstacles()
  if (!queue) return null
  if (!shown)
    return (
      <div className={classes.empty}>
        <EmptyState
          icon={<IconAdjustmentsSearch size={40} stroke={1.2} />}
          title="No sweeps yet"
          action={
            obstacle ? <Button onClick={() => goTo(obstacle.page)}>{obstacle.go}</Button> : <SweepButton />
          }
        >
          A sweep trains the model many times with other settings, one run after the other, and says which
          were best and which setting mattered.{obstacle && ` ${obstacle.what}`}
        </EmptyState>
      </div>
    )
  return (
    <div className={classes.page}>
      <QueuePanel queue={queue} chosen={shown.id} />
      {detail && <SweepResult key={detail.id} sweep={detail} />}
    </div>
  )
}
