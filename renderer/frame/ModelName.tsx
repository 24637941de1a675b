/** The model's name, edited in place: one step of undo per edit. */
import { useState } from 'react'
import { useModel } from '../state/model.ts'
import classes from './App.module.css'

export function ModelName() {
  const name = useModel((s) => s.document.name)
  const [text, setText] = useState(name)
  const [known, setKnown] = useState(name)
  // Renamed elsewhere, by undo or by opening another model: show that.
  if (known !== name) {
    setKnown(name)
    setText(name)
  }

  const commit = (): void => {
    const { document, setDocument } = useModel.getState()
    const wanted = text.trim()
    if (wanted === '') setText(name)
    else if (wanted !== document.name) setDocument({ ...document, name: wanted })
  }
  return (
    <h1 className={classes.heading}>
      <input
        className={classes.nameInput}
        aria-label="Model name"
        value={text}
        maxLength={120}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur()
          if (event.key === 'Escape') {
            setText(name)
            event.stopPropagation()
          }
        }}
      />
    </h1>
  )
}
