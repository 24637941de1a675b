/** The objective of every trial in the order they were trained, and the best until then. */
import { useMemo } from 'react'
import type { SweepDetail } from '../../main/common/sweeps/contract.ts'
import { Card } from '../ui/Card.tsx'
import { count, counted } from '../ui/format.ts'
import { bestSoFar, pointsOf } from './points.ts'
import classes from './SweepsPage.module.css'
import { TrialScatter } from './TrialScatter.tsx'

export function ObjectiveChart({ sweep }: { sweep: SweepDetail }) {
  const { objective } = sweep
  const points = useMemo(() => pointsOf(sweep, ({ number }) => number), [sweep])
  const failed = points.filter(({ y }) => y === null).length
  return (
    <Card
      title={`${objective.metric} over the trials`}
      note={`${counted(points.length - failed, 'trial')}${failed > 0 ? `, ${count(failed)} failed (×)` : ''} · line: best so far${sweep.spec.method.kind === 'halving' ? ' · each at the highest rung it reached' : ''}`}
      className={points.length > 0 ? classes.objective : undefined}
    >
      {points.length === 0 ? (
        <p className={classes.hint}>The first trial has not ended yet.</p>
      ) : (
        <TrialScatter
          label={`${objective.metric} over the trials`}
          points={points}
          whole
          formatX={count}
          xName="trial"
          bestLine={bestSoFar(points, objective.direction)}
        />
      )}
    </Card>
  )
}
