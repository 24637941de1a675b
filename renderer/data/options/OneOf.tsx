/** An option that is one of a few words: two stand side by side, more in a list. */
import { SegmentedControl, Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { Field } from '../../ui/Field.tsx'

interface OneOfProps<T extends string> {
  label: string
  /** Read aloud; the label where it says enough. */
  name?: string
  help?: ReactNode
  value: T
  /** What each value is called. */
  words: Readonly<Record<T, string>>
  disabled?: boolean
  onChange: (value: T) => void
}

export function OneOf<T extends string>({
  label,
  name = label,
  help,
  value,
  words,
  disabled = false,
  onChange,
}: OneOfProps<T>) {
  const data = Object.entries<string>(words).map(([word, shown]) => ({ value: word, label: shown }))
  const shared = { 'aria-label': name, value, data, disabled }
  return (
    <Field label={label} help={help}>
      {data.length > 2 ? (
        <Select {...shared} onChange={(word) => word !== null && onChange(word as T)} />
      ) : (
        <SegmentedControl {...shared} onChange={(word) => onChange(word as T)} />
      )}
    </Field>
  )
}
