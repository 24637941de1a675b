/** The queue's place in the status bar: what trains, or that it is paused and goes on with one click. */
import { UnstyledButton } from '@mantine/core'
import { resumeSweep, useSweeps } from '../state/sweeps.ts'
import { counted } from '../ui/format.ts'
import classes from './SweepsPage.module.css'

export function SweepStatus() {
  const sweeps = useSweeps((s) => s.queue?.sweeps)
  const now = sweeps?.find(({ training }) => training !== null)
  const paused = sweeps?.filter(({ status }) => status === 'paused') ?? []
  if (now?.training)
    return (
      <a className={classes.statusLink} href="#/sweeps" title={`${now.name}: ${now.training.text}`}>
        sweep: trial {now.training.number} of {now.counts.total}
      </a>
    )
  if (paused.length === 0) return null
  return (
    <span className={classes.statusPaused}>
      <a className={classes.statusLink} href="#/sweeps">
        {counted(paused.length, 'sweep')} paused
      </a>
      <UnstyledButton className={classes.statusButton} onClick={() => void resumeSweep(null)}>
        Go on
      </UnstyledButton>
    </span>
  )
}
