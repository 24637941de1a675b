/** Time and memory of a training step, measured when asked. */
import { useMemo } from 'react'
import { Button } from '@mantine/core'
import { IconStopwatch } from '@tabler/icons-react'
import { symbolSizes, trainingMemory } from '../../../main/common/cost.ts'
import { isActive, useLive } from '../../state/live.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useObstacles } from '../../state/training.ts'
import { useCanvas } from '../canvas.ts'
import { bytes, duration, milliseconds } from '../../ui/format.ts'
import classes from './Look.module.css'
import { measureStep, useLook } from './look.ts'

export function StepCost() {
  const forecast = useLook((s) => s.forecast?.answer)
  const asking = useLook((s) => s.asking === 'forecast')
  const training = useLive((s) => isActive(s.live))
  const obstacles = useObstacles()
  const analysis = useCanvas((state) => state.analysis)
  const data = useCanvas((state) => state.data)
  const config = usePreferences((state) => state.config)
  const foreseen = useMemo(
    () => trainingMemory(analysis, config, symbolSizes(data, 'largest')),
    [analysis, config, data],
  )
  if (forecast)
    return (
      <div className={classes.cost}>
        <b>{duration(forecast.epochSeconds)} an epoch</b>
        <span>
          {milliseconds(forecast.stepMs)} a step of {forecast.batchSize} · {bytes(forecast.peakBytes)} at most
        </span>
        <small>measured on {forecast.steps} steps</small>
      </div>
    )
  return (
    <>
      {foreseen !== null && (
        <div className={classes.cost}>
          <span>
            {bytes(foreseen)} for a training step of {config.batchSize}
            {Object.keys(data.sizes).length > 0 && ' of the largest'}
          </span>
        </div>
      )}
      <Button
        variant="default"
        leftSection={<IconStopwatch size={14} />}
        loading={asking}
        disabled={training || obstacles.length > 0}
        onClick={() => void measureStep()}
      >
        Measure a training step
      </Button>
    </>
  )
}
