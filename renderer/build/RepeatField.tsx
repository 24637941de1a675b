/** How often a block repeats, typed or stepped with the arrow keys; what is no count is not taken. */
import { useState } from 'react'
import { clsx } from '../ui/clsx.ts'
import { repeatBlock } from './blockActions.ts'
import { endGesture } from './store.ts'

interface RepeatFieldProps {
  block: string
  name: string
  repeat: number
  className?: string | undefined
}

export function RepeatField({ block, name, repeat, className }: RepeatFieldProps) {
  const [draft, setDraft] = useState<string | null>(null)
  const text = draft ?? String(repeat)
  return (
    <input
      className={clsx(className, 'nodrag')}
      style={{ width: `${text.length + 1.2}ch` }}
      inputMode="numeric"
      aria-label={`Repeats of ${name}`}
      title="How often it runs, each time with weights of its own"
      value={text}
      maxLength={4}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => {
        const typed = event.currentTarget.value.replace(/\D/g, '')
        setDraft(typed)
        if (Number(typed) >= 1) repeatBlock(block, Number(typed))
      }}
      onBlur={() => {
        setDraft(null)
        endGesture()
      }}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Enter' || event.key === 'Escape') return event.currentTarget.blur()
        const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
        if (by === 0) return
        event.preventDefault()
        setDraft(null)
        repeatBlock(block, repeat + by)
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    />
  )
}
