/** How far a task is, and the way out of it. */
import { Button, Progress } from '@mantine/core'
import type { Progress as Done } from '../../main/common/schemas.ts'
import { bytes, percent } from './format.ts'
import classes from './TaskProgress.module.css'

interface TaskProgressProps {
  label: string
  progress: Done
  /** How what is done is written where the total is not known; bytes unless given. */
  done?: (value: number) => string
  onCancel: () => void
}

export function TaskProgress({
  label,
  progress: { done, total, note },
  done: write = bytes,
  onCancel,
}: TaskProgressProps) {
  const known = total > 0
  const part = Math.min(1, done / total)
  return (
    <>
      <div className={classes.progress}>
        <div className={classes.progressText} role="status">
          <span>{note}</span>
          {known ? <span>{percent(part)}</span> : done > 0 && <span>{write(done)}</span>}
        </div>
        <Progress value={known ? 100 * part : 100} animated={!known} striped={!known} aria-label={label} />
      </div>
      <div className={classes.foot}>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </>
  )
}
