/** A whole number among the options of an import. A value that is not allowed stays as typed and is marked. */
import { NumberInput } from '@mantine/core'
import { Field } from '../../ui/Field.tsx'

interface NumberFieldProps {
  label: string
  /** Read aloud; the label unless it says more. */
  name?: string
  help: string
  value: number
  /** What would be allowed, where the value is not. */
  error: string | undefined
  onChange: (value: number) => void
}

export function NumberField({ label, name = label, help, ...rest }: NumberFieldProps) {
  return (
    <Field label={label} help={help}>
      <WholeNumber name={name} {...rest} />
    </Field>
  )
}

interface WholeNumberProps {
  name: string
  value: number
  suffix?: string
  error: string | undefined
  onChange: (value: number) => void
}

export function WholeNumber({ name, value, suffix, error, onChange }: WholeNumberProps) {
  return (
    <NumberInput
      aria-label={name}
      // Nothing typed is no zero: the field stays empty and says what is allowed.
      value={Number.isNaN(value) ? '' : value}
      clampBehavior="none"
      thousandSeparator=","
      suffix={suffix}
      onChange={(typed) => onChange(typed === '' ? NaN : Number(typed))}
      error={error}
    />
  )
}

interface ShareFieldProps extends Omit<NumberFieldProps, 'value' | 'onChange'> {
  /** 0 to 1; shown in percent. */
  value: number
  onChange: (value: number) => void
}

export function ShareField({ value, onChange, label, name = label, help, error }: ShareFieldProps) {
  return (
    <Field label={label} help={help}>
      <WholeNumber
        name={name}
        value={Math.round(value * 100)}
        suffix=" %"
        error={error}
        onChange={(percent) => onChange(percent / 100)}
      />
    </Field>
  )
}
