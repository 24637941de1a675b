import { useState } from 'react'
import { count, counted } from '../ui/format.ts'
import { give, useTry } from './state.ts'
import { TextBox } from './TextBox.tsx'
import classes from './Try.module.css'

export function TextInput({ longest }: { longest: number }) {
  const [text, setText] = useState(() => {
    const { given } = useTry.getState()
    return given?.value.kind === 'text' ? given.value.text : ''
  })
  const type = (typed: string): void => {
    setText(typed)
    give(typed.trim() === '' ? null : { kind: 'text', text: typed })
  }
  return (
    <>
      <TextBox
        label="Text"
        placeholder="Type or paste a text; the answer follows as you type."
        minRows={8}
        maxRows={18}
        reads="beginning"
        value={text}
        onChange={type}
      />
      <p className={classes.hint}>
        {text === '' ? `It reads at most ${count(longest)} tokens.` : counted(text.length, 'character')}
      </p>
    </>
  )
}
