/** Which columns of a list are the sample and its label. */
import type { ReactNode } from 'react'
import type { ImportOptions } from '../../../main/common/data/options.ts'
import { Section } from '../../ui/Section.tsx'
import { ColumnField } from './ColumnField.tsx'
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
  return (
    <Section title="Columns">
      {header}
      <ColumnField
        label="Sample"
        name="Sample column"
        help="What the model sees."
        value={columns.input}
        columns={names}
        error={wrong.get('columns.input')}
        onChange={(input) => onChange({ input })}
      />
      <ColumnField
        label="Label"
        name="Label column"
        help="What it learns to tell."
        value={columns.label}
        columns={names}
        error={wrong.get('columns.label')}
        onChange={(label) => onChange({ label })}
      />
    </Section>
  )
}
