/** A class or a token with how probable it is: the inside of a row of choices. */
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

/** To a tenth of a percent; never 100 % for what is not certain. */
function percentOf(probability: number): string {
  const percent = 100 * probability
  if (percent > 99.95 && probability < 1) return '> 99.9 %'
  if (percent > 0 && percent < 0.05) return '< 0.1 %'
  return `${percent.toFixed(1)} %`
}
