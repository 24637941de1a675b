/** The learning-rate range test: how far it is, its curve, what it suggests, and taking a rate from it. */
import { Button, Progress } from '@mantine/core'
import { useEffect, useState } from 'react'
import { setting } from '../../../main/common/settings.ts'
import { duration } from '../../ui/format.ts'
import { RefusalText } from '../../ui/Notices.tsx'
import { RangeChart } from './RangeChart.tsx'
import classes from './range.module.css'
import { useRangeTest } from './useRangeTest.ts'

export function RateFinder({ onRate }: { onRate: (rate: number) => void }) {
  const { progress, result, refusal, cancelled, start, cancel } = useRangeTest()
  const [picked, setPicked] = useState<number | null>(null)
  const [began, setBegan] = useState(() => performance.now())
  useEffect(start, [start])
  const again = (): void => {
    setPicked(null)
    setBegan(performance.now())
    start()
  }
  const over = result !== null || refusal !== null || cancelled
  const chosen = picked ?? result?.suggestion ?? null
  return (
    <div className={classes.finder}>
      <p className={classes.what}>
        A fresh copy of the model is trained while the rate rises at every step. Low rates change nothing,
        good ones make the loss fall, high ones make it blow up. Nothing of it is kept.
      </p>
      <div className={classes.chart}>
        <RangeChart
          points={result?.points ?? progress?.points ?? []}
          suggestion={result?.suggestion ?? null}
          diverged={result?.diverged ?? null}
          picked={picked}
          onPick={result ? setPicked : null}
        />
      </div>
      <div className={classes.words} role="status">
        {refusal ? (
          <RefusalText {...refusal} />
        ) : result ? (
          <>
            {result.rule}
            {picked === null && result.suggestion !== null && ' Click the curve to take another rate.'}
          </>
        ) : cancelled ? (
          'Cancelled.'
        ) : (
          <Running progress={progress} began={began} />
        )}
      </div>
      <div className={classes.actions}>
        {!over && (
          <Button variant="default" onClick={cancel}>
            Cancel
          </Button>
        )}
        {over && (
          <Button variant="default" onClick={again}>
            Test again
          </Button>
        )}
        {result && chosen !== null && (
          <Button onClick={() => onRate(chosen)} data-autofocus>
            Use {setting(chosen)}
          </Button>
        )}
      </div>
    </div>
  )
}

interface RunningProps {
  progress: { done: number; total: number; note: string } | null
  began: number
}

function Running({ progress, began }: RunningProps) {
  const { done = 0, total = 0, note = '' } = progress ?? {}
  const left = done > 0 ? (((performance.now() - began) / done) * (total - done)) / 1000 : null
  return (
    <>
      <Progress
        value={total > 0 ? (100 * done) / total : 0}
        aria-label="Progress of the test"
        transitionDuration={0}
      />
      <span className={classes.note}>
        {done === 0
          ? 'Preparing…'
          : `Step ${done} of at most ${total} · ${note}${left === null ? '' : ` · ${duration(left)} left at most`}`}
      </span>
    </>
  )
}
