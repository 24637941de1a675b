/** Where a sweep is, as an icon and a word. */
import {
  IconCircleCheck,
  IconClock,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
} from '@tabler/icons-react'
import type { Sweep } from '../../main/common/sweeps/contract.ts'
import classes from './SweepsPage.module.css'

const looks = {
  training: { icon: IconPlayerPlay, word: 'training', colour: 'var(--td-accent)' },
  queued: { icon: IconClock, word: 'waiting', colour: 'var(--td-dim)' },
  paused: { icon: IconPlayerPause, word: 'paused', colour: 'var(--td-warn)' },
  finished: { icon: IconCircleCheck, word: 'finished', colour: 'var(--td-ok)' },
  stopped: { icon: IconPlayerStop, word: 'stopped', colour: 'var(--td-dim)' },
} as const

export function SweepState({ sweep }: { sweep: Pick<Sweep, 'status' | 'training'> }) {
  const { icon: Icon, word, colour } = looks[sweep.training ? 'training' : sweep.status]
  return (
    <span className={classes.state} style={{ color: colour }}>
      <Icon size={14} stroke={2} aria-hidden />
      {word}
    </span>
  )
}
