/** Time and memory of a training step, measured when asked. */
import { useMemo } from 'react'
import { Button } from '@mantine/core'
import { IconStopwatch } from '@tabler/icons-react'
import { symbolSizes, trainingMemory } from '../../../main/common/cost.ts'
import { gpuOf } from '../../../main/common/device.ts'
import type { Forecast } from '../../../main/common/inspection.ts'
import { useApp } from '../../state/app.ts'
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
  const engine = useApp((state) => state.info?.engine)
  const gpu = engine ? gpuOf(config.device, engine) : null
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
        {forecast.gpu && <Room gpu={forecast.gpu} needs={forecast.peakBytes} />}
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
          {gpu && foreseen > gpu.memoryBytes && (
            <span>
              More than {gpu.name} has ({bytes(gpu.memoryBytes)}): use a smaller batch.
            </span>
          )}
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

/** Of the GPU, what the step needs and what there is. */
function Room({ gpu, needs }: { gpu: NonNullable<Forecast['gpu']>; needs: number }) {
  const fits = needs <= gpu.availableBytes
  return (
    <span>
      {fits ? 'Fits' : 'Does not fit'}: {bytes(gpu.availableBytes)} are free on {gpu.name}
      {fits ? '' : ', use a smaller batch'}
    </span>
  )
}
