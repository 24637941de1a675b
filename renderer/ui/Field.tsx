/** A label on the left, its control on the right, one line of help below. */
import type { ReactNode } from 'react'
import classes from './Field.module.css'

interface FieldProps {
  label: string
  help?: ReactNode
  /** Beside the control. */
  aside?: ReactNode
  children: ReactNode
}

export function Field({ label, help, aside, children }: FieldProps) {
  return (
    <div className={classes.field}>
      <span className={classes.label}>{label}</span>
      <div className={classes.control}>
        {aside === undefined ? (
          children
        ) : (
          <div className={classes.pair}>
            <div>{children}</div>
            {aside}
          </div>
        )}
        {help !== undefined && <div className={classes.help}>{help}</div>}
      </div>
    </div>
  )
}
