/** Which columns of a list are the sample and its label. */
import { Select } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ImportOptions } from '../../../main/common/data/options.ts'
import { Field } from '../../ui/Field.tsx'
import { Section } from '../../ui/Section.tsx'
import type { WrongFields } from './limits.ts'

type Columns = NonNullable<ImportOptions['columns']>

interface ColumnFieldsProps {
  columns: Columns
  names: readonly string[]
  header: ReactNode
  wrong: WrongFields
  onChange: (part: Partial<Columns>) => void
}

export function ColumnFields({ columns, names, header, wrong, onChange }: ColumnFieldsProps) {
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
      {header}
      {picker('Sample', 'input', 'What the model sees.')}
      {picker('Label', 'label', 'What it learns to tell.')}
    </Section>
  )
}
