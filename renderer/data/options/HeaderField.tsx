/** Whether the first row names the columns. */
import { SegmentedControl } from '@mantine/core'
import { Field } from '../../ui/Field.tsx'

interface HeaderFieldProps {
  header: boolean
  /** False until it is known what the columns would be called otherwise. */
  ready: boolean
  onChange: (header: boolean) => void
}

export function HeaderField({ header, ready, onChange }: HeaderFieldProps) {
  return (
    <Field label="First row" help="Whether it names the columns or holds a sample already.">
      <SegmentedControl
        aria-label="First row"
        value={header ? 'names' : 'sample'}
        disabled={!ready}
        data={[
          { value: 'names', label: 'Names of columns' },
          { value: 'sample', label: 'A sample' },
        ]}
        onChange={(value) => onChange(value === 'names')}
      />
    </Field>
  )
}
