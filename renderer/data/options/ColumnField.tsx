/** An option that is one of the columns of a table, of which there may be thousands. */
import { Select } from '@mantine/core'
import { Field } from '../../ui/Field.tsx'

interface ColumnFieldProps {
  label: string
  /** Read aloud. */
  name: string
  help: string
  value: string | null
  columns: readonly string[]
  error: string | undefined
  onChange: (column: string) => void
}

export function ColumnField({ label, name, help, value, columns, error, onChange }: ColumnFieldProps) {
  return (
    <Field label={label} help={help}>
      <Select
        aria-label={name}
        placeholder="Choose a column"
        value={value}
        data={[...new Set(value === null ? columns : [...columns, value])]}
        searchable
        limit={100}
        error={error}
        onChange={(column) => column !== null && onChange(column)}
      />
    </Field>
  )
}
