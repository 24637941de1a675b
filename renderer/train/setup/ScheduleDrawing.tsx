/** The learning rate of every step of a run to come, warm-up included. */
import { useElementSize } from '@mantine/hooks'
import { useMemo } from 'react'
import { scheduleOf } from '../../../main/common/learningRate.ts'
import { setting } from '../../../main/common/settings.ts'
import type { TrainConfig } from '../../../main/common/training.ts'
import { linePath, placeX, placeY, type Plot } from '../../charts/trace.ts'
import { count } from '../../ui/format.ts'
import classes from './setup.module.css'

interface ScheduleDrawingProps {
  config: Pick<TrainConfig, 'learningRate' | 'schedule'>
  steps: number
  exact: boolean
}

/** Points that the line is drawn through at most. */
const most = 400
/** Room for the words under the line, and above it. */
const foot = 16
const head = 14

export function ScheduleDrawing({ config, steps, exact }: ScheduleDrawingProps) {
  const { ref, width, height } = useElementSize()
  const rates = useMemo(() => ratesOf(config, steps), [config, steps])
  const last = rates.at(-1)?.rate ?? 0
  const highest = Math.max(...rates.map(({ rate }) => rate))
  const plot: Plot = {
    left: 0,
    top: head,
    width: Math.max(1, width - 2),
    height: Math.max(1, height - foot - head),
  }
  const toX = placeX(plot, [0, Math.max(1, steps - 1)])
  const toY = placeY(plot, [0, highest || 1], false)
  const words = `${exact ? '' : 'about '}${count(steps)} ${steps === 1 ? 'step' : 'steps'}`
  const plateau = config.schedule.kind === 'plateau'
  return (
    <div ref={ref} className={classes.drawing}>
      {width > 40 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`Learning rate from ${setting(round(rates[0]?.rate ?? 0))} to ${setting(round(last))} over ${words}, ${setting(round(highest))} at most`}
        >
          <line
            x1={0}
            x2={plot.width}
            y1={head + plot.height}
            y2={head + plot.height}
            stroke="var(--td-line)"
          />
          <path
            d={linePath(
              rates.map(({ step }) => step),
              rates.map(({ rate }) => rate),
              toX,
              toY,
            )}
            fill="none"
            stroke="var(--td-series-1)"
            strokeWidth={1.5}
            strokeLinejoin="round"
          />
          <text x={0} y={10}>
            highest {setting(round(highest))}
          </text>
          <text x={plot.width} y={10} textAnchor="end">
            {plateau ? 'drops are not known ahead' : `last ${setting(round(last))}`}
          </text>
          <text x={0} y={height - 3}>
            0
          </text>
          <text x={plot.width} y={height - 3} textAnchor="end">
            {words}
          </text>
        </svg>
      )}
    </div>
  )
}

/** Every step where there are few; else evenly, with the ends of a warm-up and both sides of each drop. */
function ratesOf(config: ScheduleDrawingProps['config'], steps: number): { step: number; rate: number }[] {
  const all = Math.max(1, steps)
  const { kind, warmupSteps, everySteps } = config.schedule
  const wanted = new Set<number>()
  for (let i = 0; i < most; i++) wanted.add(Math.round((i * (all - 1)) / (most - 1)))
  wanted.add(Math.min(warmupSteps, all - 1))
  if (kind === 'step' && all / everySteps < most)
    for (let drop = warmupSteps + everySteps; drop < all; drop += everySteps) wanted.add(drop - 1).add(drop)
  const schedule = scheduleOf(config, all)
  return [...wanted]
    .sort((a, b) => a - b)
    .map((step) => ({ step, rate: schedule.at(step, config.learningRate) }))
}

const round = (rate: number): number => Number(rate.toPrecision(3))
