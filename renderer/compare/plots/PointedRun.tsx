/** The run that a plot points at, in words: its value on every axis. */
import type { Run } from '../../../main/common/schemas.ts'
import { useRuns } from '../../state/runs.ts'
import { LongName } from '../../ui/LongName.tsx'
import tip from '../../ui/Tip.module.css'
import type { Axis } from './axis.ts'
import classes from './Plots.module.css'

interface PointedRunProps {
  runs: readonly Run[]
  /** One that stands there twice is told once. */
  axes: readonly Axis[]
  /** In pixels of the plot, which is so large. */
  at: { x: number; y: number }
  width: number
  height: number
}

export function PointedRun({ runs, axes, at, width, height }: PointedRunProps) {
  const hovered = useRuns((s) => s.hovered)
  const run = runs.find(({ id }) => id === hovered)
  if (!run) return null
  const told = axes.filter((axis, i) => axes.findIndex((one) => one.field.name === axis.field.name) === i)
  return (
    <div
      className={`${tip.tip} ${classes.tip}`}
      role="status"
      style={{
        ...(at.y > height / 2 ? { bottom: height - at.y + 12 } : { top: at.y + 12 }),
        ...(at.x > width * 0.6 ? { right: width - at.x + 12 } : { left: at.x + 12 }),
      }}
    >
      <div className={tip.head}>
        <LongName>{`${run.id}  ${run.name}`}</LongName>
      </div>
      {told.map((axis) => (
        <div key={axis.field.name} className={classes.told}>
          <span>{axis.field.title}</span>
          <b>{axis.text(run)}</b>
        </div>
      ))}
    </div>
  )
}
