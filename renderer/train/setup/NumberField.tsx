/** One setting that is a number: label, field, help. */
import type { ReactNode } from 'react'
import { Field } from '../../ui/Field.tsx'
import type { NumberSetting } from './numbers.ts'
import { SettingInput } from './SettingInput.tsx'

interface NumberFieldProps {
  setting: NumberSetting
  /** Null where nothing is typed. */
  value: number | null
  onValue: (value: number | null) => void
  mark: (key: string, wrong: boolean) => void
  /** Instead of the setting's own. */
  help?: ReactNode
  empty?: string
  /** Beside the field. */
  aside?: ReactNode
}

export function NumberField({ setting, value, onValue, mark, help, empty, aside }: NumberFieldProps) {
  const { key, label, wrong, schema } = setting
  const placeholder = empty ?? setting.empty
  return (
    <Field label={label} help={help ?? setting.help} aside={aside}>
      <SettingInput
        label={label}
        value={value}
        message={wrong}
        accepts={(typed) => schema.safeParse(typed).success}
        onValue={onValue}
        onWrong={(bad) => mark(key, bad)}
        {...(placeholder === undefined ? {} : { placeholder })}
      />
    </Field>
  )
}
