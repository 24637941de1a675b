/** The status of a run as an icon and a word; never by colour alone. */
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconPlugConnectedX,
} from '@tabler/icons-react'
import type { RunStatus as Status } from '../../main/common/schemas.ts'
import classes from './RunStatus.module.css'

const looks: Record<Status, { icon: typeof IconCircleCheck; word: string; colour: string; help: string }> = {
  running: { icon: IconPlayerPlay, word: 'training', colour: 'var(--td-accent)', help: 'It trains now.' },
  paused: {
    icon: IconPlayerPause,
    word: 'paused',
    colour: 'var(--td-warn)',
    help: 'Resume goes on from here.',
  },
  finished: {
    icon: IconCircleCheck,
    word: 'finished',
    colour: 'var(--td-ok)',
    help: 'It trained all its epochs.',
  },
  stopped: {
    icon: IconPlayerStop,
    word: 'stopped',
    colour: 'var(--td-dim)',
    help: 'It was stopped before its last epoch. What it learned is kept.',
  },
  failed: {
    icon: IconAlertTriangle,
    word: 'failed',
    colour: 'var(--td-bad)',
    help: 'It ended with an error.',
  },
  interrupted: {
    icon: IconPlugConnectedX,
    word: 'interrupted',
    colour: 'var(--td-warn)',
    help: 'Tapedeck went away while it trained. Everything stored until then is here.',
  },
}

export function RunStatus({ status }: { status: Status }) {
  const { icon: Icon, word, colour, help } = looks[status]
  return (
    <span className={classes.status} style={{ color: colour }} title={help}>
      <Icon size={14} stroke={2} aria-hidden />
      {word}
    </span>
  )
}
