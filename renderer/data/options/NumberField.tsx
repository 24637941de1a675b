/** A whole number among the options of an import. */
import { NumberInput } from '@mantine/core'
import { Field } from '../../ui/Field.tsx'
import { count } from '../../ui/format.ts'

interface NumberFieldProps {
  label: string
  /** Read aloud; the label unless it says more. */
  name?: string
  help: string
  value: number
  min: number
  max: number
  onChange: (value: number) => void
}

export function NumberField({ label, name = label, help, value, min, max, onChange }: NumberFieldProps) {
  const good = Number.isInteger(value) && value >= min && value <= max
  return (
    <Field label={label} help={help}>
      <NumberInput
        aria-label={name}
        value={value}
        min={min}
        max={max}
        allowDecimal={false}
        thousandSeparator=","
        onChange={(typed) => onChange(Number(typed))}
        error={!good && `${count(min)} to ${count(max)}`}
      />
    </Field>
  )
}
