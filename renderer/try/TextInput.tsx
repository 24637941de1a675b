import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { mostCharacters } from '../../main/common/predict/subject.ts'
import { count } from '../ui/format.ts'
import { give, useTry } from './state.ts'
import classes from './Try.module.css'

export function TextInput({ longest }: { longest: number }) {
  const [text, setText] = useState(() => {
    const { given } = useTry.getState()
    return given?.value.kind === 'text' ? given.value.text : ''
  })
  const type = (typed: string): void => {
    const kept = typed.slice(0, mostCharacters)
    setText(kept)
    give(kept.trim() === '' ? null : { kind: 'text', text: kept })
  }
  return (
    <>
      <Textarea
        aria-label="Text"
        placeholder="Type or paste a text; the answer follows as you type."
        autosize
        minRows={8}
        maxRows={18}
        value={text}
        onChange={(event) => type(event.currentTarget.value)}
      />
      <p className={classes.hint}>
        {text === '' ? `It reads at most ${count(longest)} tokens.` : `${count(text.length)} characters`}
      </p>
    </>
  )
}
