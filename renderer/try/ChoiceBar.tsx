/** A class or a token with how probable it is: the inside of a row of choices. */
import { percentOf } from './percentOf.ts'
import classes from './Try.module.css'

export function ChoiceBar({ name, probability }: { name: string; probability: number }) {
  return (
    <>
      <span className={classes.choiceName}>{name}</span>
      <span className={classes.barTrack} aria-hidden>
        <span className={classes.barFill} style={{ width: `${100 * probability}%` }} />
      </span>
      <span className={classes.probability}>{percentOf(probability)}</span>
    </>
  )
}
