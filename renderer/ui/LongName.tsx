/** A name on one line. Where it is too long its middle goes; pointing at it says it in full. */
import { ends } from './longName.ts'
import classes from './LongName.module.css'

export function LongName({ children: name }: { children: string }) {
  const [head, tail] = ends(name)
  return (
    <span className={classes.name} title={name}>
      <span className={classes.head}>{head}</span>
      {tail !== '' && <span className={classes.tail}>{tail}</span>}
    </span>
  )
}
