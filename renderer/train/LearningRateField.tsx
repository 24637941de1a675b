/** The learning rate that the run's schedule begins from; a change takes effect before the next step and is marked. */
import { TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { changeTraining } from '../state/training.ts'
import { measured, setting } from '../../main/common/settings.ts'
import { readNumber } from '../ui/readNumber.ts'
import classes from './TrainPage.module.css'

interface LearningRateFieldProps {
  runId: number
  value: number
  /** The rate of this step, where a schedule has made it another. */
  now: number
}

export function LearningRateField({ runId, value, now }: LearningRateFieldProps) {
  const [text, setText] = useState(setting(value))
  const editing = useRef(false)
  useEffect(() => {
    if (!editing.current) setText(setting(value))
  }, [value])

  const wanted = readNumber(text)
  const wrong = wanted === null || wanted <= 0 || wanted > 1e6
  const apply = (): void => {
    editing.current = false
    if (wrong || wanted === value) {
      setText(setting(value))
      return
    }
    void changeTraining(runId, { learningRate: wanted }).then((done) => {
      if (!done) setText(setting(value))
    })
  }
  return (
    <label className={classes.rate}>
      Learning rate
      <TextInput
        aria-label="Learning rate"
        value={text}
        error={wrong}
        title={wrong ? 'A number above 0, such as 0.01 or 1e-3' : 'Enter changes it from the next step on'}
        inputMode="decimal"
        onFocus={() => (editing.current = true)}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={apply}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.ctrlKey) event.currentTarget.blur()
          if (event.key === 'Escape') {
            setText(setting(value))
            editing.current = false
          }
        }}
      />
      {now !== value && <span className={classes.now}>now {measured(now)}</span>}
    </label>
  )
}
