/** Which columns of a list are the sample and its label. */
import { SegmentedControl, Select } from '@mantine/core'
import type { ImportOptions } from '../../../main/common/schemas.ts'
import { Field } from '../../ui/Field.tsx'
import { Section } from '../../ui/Section.tsx'
import type { WrongFields } from './limits.ts'

type Columns = NonNullable<ImportOptions['columns']>

interface ColumnFieldsProps {
  columns: Columns
  names: readonly string[]
  wrong: WrongFields
  onChange: (part: Partial<Columns>) => void
}

export function ColumnFields({ columns, names, wrong, onChange }: ColumnFieldsProps) {
  const picker = (label: string, part: 'input' | 'label', help: string) => (
    <Field label={label} help={help}>
      <Select
        aria-label={`${label} column`}
        value={columns[part]}
        data={[...new Set([...names, columns[part]])]}
        searchable
        limit={100}
        error={wrong.get(`columns.${part}`)}
        onChange={(name) => name !== null && onChange({ [part]: name })}
      />
    </Field>
  )
  return (
    <Section title="Columns">
      <Field label="First row" help="Whether it names the columns or is a sample already.">
        <SegmentedControl
          aria-label="First row"
          value={columns.header ? 'names' : 'sample'}
          data={[
            { value: 'names', label: 'Names of columns' },
            { value: 'sample', label: 'A sample' },
          ]}
          onChange={(value) => onChange({ header: value === 'names' })}
        />
      </Field>
      {picker('Sample', 'input', 'What the model sees.')}
      {picker('Label', 'label', 'What it learns to tell.')}
    </Section>
  )
}
