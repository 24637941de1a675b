/** A number of the settings, typed: keeps what is typed, right or wrong; hands on only what can be meant. */
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { setting } from '../../../main/common/settings.ts'
import { readNumber } from '../../ui/readNumber.ts'

interface SettingInputProps {
  label: string
  /** Null where nothing is typed. */
  value: number | null
  /** What is wrong with anything else. */
  message: string
  accepts: (value: number | null) => boolean
  onValue: (value: number | null) => void
  onWrong: (wrong: boolean) => void
  placeholder?: string
}

const written = (value: number | null): string => (value === null ? '' : setting(value))

export function SettingInput({
  label,
  value,
  message,
  accepts,
  onValue,
  onWrong,
  placeholder,
}: SettingInputProps) {
  const [text, setText] = useState(written(value))
  const [known, setKnown] = useState(value)
  // The value was changed elsewhere (by the optimizer's choice): show that.
  if (known !== value) {
    setKnown(value)
    if (readNumber(text) !== value) setText(written(value))
  }
  const right = (typed: string): boolean => {
    const read = readNumber(typed)
    return (read !== null || typed.trim() === '') && accepts(read)
  }
  return (
    <TextInput
      aria-label={label}
      value={text}
      placeholder={placeholder}
      inputMode="decimal"
      error={!right(text) && message}
      onChange={(event) => {
        const typed = event.currentTarget.value
        setText(typed)
        onWrong(!right(typed))
        if (!right(typed)) return
        const read = readNumber(typed)
        setKnown(read)
        onValue(read)
      }}
    />
  )
}
