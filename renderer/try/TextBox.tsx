/**
 * A text that is typed or pasted. A browser lays out a whole field for every key, minutes for a million lines: a long text
 * is held beside it, and only its beginning is shown.
 */
import { Button, Textarea } from '@mantine/core'
import { useState, type ClipboardEvent } from 'react'
import { mostCharacters } from '../../main/common/predict/subject.ts'
import { count } from '../ui/format.ts'
import { held, mostTyped } from './longText.ts'
import classes from './Try.module.css'

interface TextBoxProps {
  label: string
  placeholder?: string
  minRows: number
  maxRows: number
  /** Which part of a text is read where it is longer than a network takes. */
  reads: 'beginning' | 'end'
  value: string
  onChange: (text: string) => void
}

const shownCharacters = 1500

export function TextBox({ label, placeholder, minRows, maxRows, reads, value, onChange }: TextBoxProps) {
  const [cut, setCut] = useState(false)
  const take = (text: string): void => {
    setCut(text.length > mostCharacters)
    onChange(held(text, reads))
  }
  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>): void => {
    const pasted = event.clipboardData.getData('text/plain')
    if (value.length + pasted.length <= mostTyped) return
    event.preventDefault()
    const { selectionStart, selectionEnd } = event.currentTarget
    take(value.slice(0, selectionStart) + pasted + value.slice(selectionEnd))
  }
  if (value.length <= mostTyped)
    return (
      <Textarea
        aria-label={label}
        placeholder={placeholder}
        autosize
        minRows={minRows}
        maxRows={maxRows}
        value={value}
        onChange={(event) => take(event.currentTarget.value)}
        onPaste={onPaste}
      />
    )
  return (
    <>
      <div className={classes.longText} role="note" aria-label={label} tabIndex={0} dir="auto">
        {reads === 'beginning'
          ? `${value.slice(0, shownCharacters)} …`
          : `… ${value.slice(-shownCharacters)}`}
      </div>
      <div className={classes.longFoot}>
        <span className={classes.hint}>
          {cut
            ? `Only its ${reads === 'beginning' ? 'first' : 'last'} ${count(mostCharacters)} characters are kept.`
            : 'Too long to be edited here.'}
        </span>
        <Button size="compact-sm" variant="default" style={{ flex: 'none' }} onClick={() => take('')}>
          Write another
        </Button>
      </div>
    </>
  )
}
