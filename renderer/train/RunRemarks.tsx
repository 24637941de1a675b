/** What the run itself has to say: a first loss far from what is expected, why it ended before its last epoch. */
import { IconInfoCircle } from '@tabler/icons-react'
import type { OwnRun } from '../../main/common/ownRun.ts'
import type { RunEvent } from '../../main/common/schemas.ts'
import classes from './TrainPage.module.css'

export function RunRemarks({ run }: { run: OwnRun }) {
  const said = remarksOf(run.events)
  if (said.length === 0) return null
  return (
    <ul className={classes.remarks} aria-label="What the run says">
      {said.map((sentence) => (
        <li key={sentence}>
          <IconInfoCircle size={15} aria-hidden />
          <span>{sentence}</span>
        </li>
      ))}
    </ul>
  )
}

/** In whole sentences, once each, in their order. A stop that somebody asked for says nothing new. */
export function remarksOf(events: readonly RunEvent[]): string[] {
  const notes = events
    .filter(({ kind, note }) => kind === 'remark' || (kind === 'stopped' && !note.startsWith('stopped')))
    .map(({ note }) => `${note.charAt(0).toUpperCase()}${note.slice(1)}.`)
  return [...new Set(notes)]
}
