/** A path that is typed, and the button that does something with it. */
import { Button, TextInput } from '@mantine/core'
import classes from './PathForm.module.css'

interface PathFormProps {
  /** What the path is of. */
  label: string
  placeholder: string
  value: string
  onChange: (value: string) => void
  /** On the button: "Look". */
  action: string
  /** With the path, without spaces around it. */
  onSubmit: (path: string) => void
  busy?: boolean
  /** One of several ways to go on, not the one that is meant first. */
  quiet?: boolean
}

export function PathForm(props: PathFormProps) {
  const { label, placeholder, value, onChange, action, onSubmit, busy = false, quiet = false } = props
  const path = value.trim()
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit(path)
      }}
    >
      <TextInput
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        spellCheck={false}
        flex={1}
        data-autofocus={!quiet || undefined}
      />
      <Button type="submit" variant={quiet ? 'default' : 'filled'} disabled={path === ''} loading={busy}>
        {action}
      </Button>
    </form>
  )
}
