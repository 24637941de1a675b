/** "filters 49–96 of 256", and a way to the others; nothing to turn where all are shown. */
import { ActionIcon } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { count, counted } from '../../ui/format.ts'

interface PagerProps {
  noun: string
  first: number
  each: number
  total: number
  onChange: (first: number) => void
}

export function Pager({ noun, first, each, total, onChange }: PagerProps) {
  if (total <= each) return <span>{counted(total, noun)}</span>
  const last = Math.min(total, first + each)
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 4 }}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`${noun}s before`}
        disabled={first === 0}
        onClick={() => onChange(Math.max(0, first - each))}
      >
        <IconChevronLeft size={14} />
      </ActionIcon>
      {noun}s {count(first + 1)}–{count(last)} of {count(total)}
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`${noun}s after`}
        disabled={last >= total}
        onClick={() => onChange(first + each)}
      >
        <IconChevronRight size={14} />
      </ActionIcon>
    </span>
  )
}
