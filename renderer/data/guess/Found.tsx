/** What the path is taken for and why, and what else it may be: one click away. */
import { UnstyledButton } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useState } from 'react'
import type { Guess, Reading } from '../../../main/common/data/guess.ts'
import { readAs } from '../../state/importing.ts'
import { Card } from '../../ui/Card.tsx'
import { count } from '../../ui/format.ts'
import { kindTitles } from '../describe.ts'
import classes from './GuessView.module.css'

interface FoundProps {
  guess: Guess
  /** The one chosen. */
  reading: Reading
  busy: boolean
}

/** More are one click away: a table may leave dozens of columns out, each with its reason. */
const mostReasons = 7

export function Found({ guess, reading, busy }: FoundProps) {
  const [all, setAll] = useState(false)
  const reasons = all ? reading.reasons : reading.reasons.slice(0, mostReasons)
  const more = reading.reasons.length - reasons.length
  const others = [guess, ...guess.others].filter((one) => one !== reading)
  return (
    <Card
      title="What was found"
      note={`about ${count(reading.sampleCount)} samples`}
      className={classes.card}
    >
      <ul className={classes.reasons}>
        {reasons.map((reason) => (
          <li key={reason}>
            <IconCheck size={15} aria-hidden className={classes.tick} />
            <span dir="auto">{reason}</span>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <UnstyledButton className={classes.more} onClick={() => setAll(true)}>
          {more} more
        </UnstyledButton>
      )}
      {others.length > 0 && (
        <div className={classes.others}>
          <div className={classes.caption}>It may also be read as</div>
          {others.map((other) => (
            <UnstyledButton
              key={other.options.kind}
              className={classes.other}
              disabled={busy}
              onClick={() => readAs(other)}
              aria-label={`Read as: ${kindTitles[other.options.kind]}`}
            >
              <b>{kindTitles[other.options.kind]}</b>
              <span dir="auto">{other.reasons[0]}</span>
            </UnstyledButton>
          ))}
        </div>
      )}
    </Card>
  )
}
