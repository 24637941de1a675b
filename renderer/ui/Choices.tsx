/** One of a few, each with a line that says what it does. Native radios: arrows, Tab and Space work as everywhere. */
import { useId, type ReactNode } from 'react'
import classes from './Choices.module.css'

export interface Choice<T extends string> {
  value: T
  label: string
  help: ReactNode
}

interface ChoicesProps<T extends string> {
  /** Read aloud for the group. */
  label: string
  value: T
  choices: readonly Choice<T>[]
  onChange: (value: T) => void
}

export function Choices<T extends string>({ label, value, choices, onChange }: ChoicesProps<T>) {
  const name = useId()
  return (
    <div role="radiogroup" aria-label={label} className={classes.group}>
      {choices.map((choice) => (
        <label
          key={choice.value}
          className={classes.choice}
          data-chosen={choice.value === value || undefined}
        >
          <input
            type="radio"
            name={name}
            aria-label={choice.label}
            aria-describedby={`${name}-${choice.value}`}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          <span>
            <span className={classes.label}>{choice.label}</span>
            <span className={classes.help} id={`${name}-${choice.value}`}>
              {choice.help}
            </span>
          </span>
        </label>
      ))}
    </div>
  )
}
