/** A heading that is renamed in place: Enter or leaving it keeps the new name, Escape the old one. */
import { useState } from 'react'
import classes from './EditableTitle.module.css'

interface EditableTitleProps {
  /** Read aloud: "Name of the data set". */
  label: string
  value: string
  onCommit: (name: string) => void
}

export function EditableTitle({ label, value, onCommit }: EditableTitleProps) {
  const [text, setText] = useState(value)
  const [known, setKnown] = useState(value)
  // Renamed elsewhere: show that.
  if (known !== value) {
    setKnown(value)
    setText(value)
  }
  const commit = (): void => {
    const wanted = text.trim()
    if (wanted === '' || wanted === value) setText(value)
    else onCommit(wanted)
  }
  return (
    <h1 className={classes.heading}>
      {/* The text below gives the field its width. */}
      <span className={classes.mirror} aria-hidden>
        {text || ' '}
      </span>
      <input
        className={classes.input}
        aria-label={label}
        title="Rename"
        value={text}
        maxLength={120}
        dir="auto"
        spellCheck={false}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur()
          if (event.key === 'Escape') {
            setText(value)
            event.stopPropagation()
          }
        }}
      />
    </h1>
  )
}
