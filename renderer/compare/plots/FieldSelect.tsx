/** Chooses a field of runs for an axis or for colour. */
import { Select } from '@mantine/core'
import type { PlotFields } from './plotFields.ts'
import classes from './Plots.module.css'

interface FieldSelectProps {
  label: string
  value: string | null
  offered: PlotFields['offered']
  onChange: (value: string) => void
  placeholder?: string
  /** Written before the value. */
  prefix?: 'x' | 'y' | 'colour'
}

export function FieldSelect({ label, value, offered, onChange, placeholder, prefix }: FieldSelectProps) {
  return (
    <Select
      aria-label={label}
      title={label}
      w={prefix === 'colour' ? 206 : 170}
      {...(prefix === undefined
        ? {}
        : { leftSection: prefix, leftSectionWidth: prefix === 'colour' ? 58 : 24 })}
      classNames={{ section: classes.prefix, input: classes.field }}
      searchable
      rightSectionWidth={24}
      data={offered}
      value={value}
      {...(placeholder === undefined ? {} : { placeholder })}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
      // A list of every setting and metric, for each of these, would be most of what opening a plot costs.
      comboboxProps={{ width: 240, position: 'bottom-end', keepMounted: false }}
    />
  )
}
