/** Chooses a field of runs for an axis or for colour. */
import { Select } from '@mantine/core'
import type { PlotFields } from './plotFields.ts'

interface FieldSelectProps {
  label: string
  value: string | null
  offered: PlotFields['offered']
  onChange: (value: string) => void
  placeholder?: string
}

export function FieldSelect({ label, value, offered, onChange, placeholder }: FieldSelectProps) {
  return (
    <Select
      aria-label={label}
      title={label}
      w={150}
      searchable
      data={offered}
      value={value}
      {...(placeholder === undefined ? {} : { placeholder })}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
      comboboxProps={{ width: 240, position: 'bottom-end' }}
    />
  )
}
