/** The status of a run as an icon and a word; never by colour alone. */
import {
  IconAlertTriangle,
  IconAntennaBars5,
  IconCircleCheck,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconPlugConnectedX,
} from '@tabler/icons-react'
import type { Run, RunStatus as Status } from '../../main/common/schemas.ts'
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

/** Of a run that another program trains. */
const followed: Partial<typeof looks> = {
  running: {
    ...looks.running,
    icon: IconAntennaBars5,
    word: 'live',
    help: 'Another program trains it, and its lines are followed. It is paused and stopped where it runs.',
  },
  finished: { ...looks.finished, help: 'The program that trained it says that it finished.' },
  interrupted: {
    ...looks.interrupted,
    word: 'no lines',
    help: 'No lines of it come, or they are not followed. When they come again, it goes on.',
  },
}

export function RunStatus({ status, origin }: { status: Status; origin?: Run['origin'] }) {
  const look = origin?.kind === 'followed' ? followed[status] : undefined
  const { icon: Icon, word, colour, help } = look ?? looks[status]
  return (
    <span className={classes.status} style={{ color: colour }} title={help}>
      <Icon size={14} stroke={2} aria-hidden />
      {word}
    </span>
  )
}
