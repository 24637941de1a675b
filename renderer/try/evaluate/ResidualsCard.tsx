/** How far numbers are from the truth, over the truth: where a network is biased, and where it is only unsure. */
import { useMemo } from 'react'
import {
  CartesianGrid,
  ResponsiveContainer,
  ScatterChart,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  YAxis,
} from 'recharts'
import type { Evaluation } from '../../../main/common/evaluation/evaluation.ts'
import { linearTicks, valueDomain, type Domain } from '../../charts/ticks.ts'
import { Card } from '../../ui/Card.tsx'
import { measure } from '../../ui/format.ts'
import { axisLook, labelLook } from './axisLook.ts'
import classes from './Evaluate.module.css'

type NumberFigures = Evaluation['figures'] & { task: 'regress' }

interface Point {
  x: number
  y: number
}

export function ResidualsCard({ figures }: { figures: NumberFigures }) {
  const points = useMemo(
    () => figures.residuals.map(({ wanted, predicted }) => ({ x: wanted, y: predicted - wanted })),
    [figures],
  )
  return (
    <Card className={classes.curves} title="Residuals" note={figures.targets[0]?.name}>
      <div className={classes.plot} role="img" aria-label="Predicted minus true value over the true value">
        <ResponsiveContainer width="100%" height="100%">
          <ScatterChart data={points} margin={{ top: 8, right: 12, bottom: 18, left: 8 }}>
            <CartesianGrid stroke="var(--td-grid)" />
            <XAxis
              {...axisOf(points.map(({ x }) => x))}
              dataKey="x"
              label={{ value: 'true value', position: 'insideBottom', offset: -12, ...labelLook }}
            />
            <YAxis
              {...axisOf(points.map(({ y }) => y))}
              dataKey="y"
              width={60}
              label={{ value: 'predicted − true', angle: -90, position: 'insideLeft', ...labelLook }}
            />
            <Dots points={points} />
          </ScatterChart>
        </ResponsiveContainer>
      </div>
    </Card>
  )
}

function axisOf(values: readonly number[]): object {
  const domain: Domain = valueDomain(
    values.map((value) => [value, value] as const),
    false,
  )
  return {
    type: 'number' as const,
    domain,
    ticks: linearTicks(domain, 5).values,
    tickFormatter: (value: number) => measure(value, 3),
    ...axisLook,
  }
}

/** One path: two thousand circles of their own hold the page for half a second. */
function Dots({ points }: { points: readonly Point[] }) {
  const across = useXAxisScale()
  const up = useYAxisScale()
  if (!across || !up) return null
  const path = points.map(({ x, y }) => `M${across(x)} ${up(y)}h0`).join('')
  return <path d={path} className={classes.dots} />
}
