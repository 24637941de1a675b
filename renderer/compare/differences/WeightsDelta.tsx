/** How many trained values more or fewer. */
import { count } from '../../ui/format.ts'
import classes from './Differences.module.css'

export function WeightsDelta({ before, after }: { before: number; after: number }) {
  if (before === after) return null
  const sign = after > before ? '+' : '\u2212'
  return (
    <span className={classes.delta}>
      {sign}
      {count(Math.abs(after - before))} weights
    </span>
  )
}
