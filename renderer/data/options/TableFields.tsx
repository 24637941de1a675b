/** Which column of a table is predicted, how, and which are left out. */
import { MultiSelect, SegmentedControl, Select } from '@mantine/core'
import type { ImportOptions } from '../../../main/common/schemas.ts'
import { Field } from '../../ui/Field.tsx'

type Table = NonNullable<ImportOptions['table']>

interface TableFieldsProps {
  table: Table
  columns: readonly string[]
  onChange: (part: Partial<Table>) => void
}

export function TableFields({ table, columns, onChange }: TableFieldsProps) {
  const { target, task, leaveOut } = table
  return (
    <>
      <Field label="Predict" help="The column that the model learns.">
        <Select
          aria-label="Column to predict"
          value={target}
          data={[...columns]}
          allowDeselect={false}
          onChange={(value) =>
            value !== null && onChange({ target: value, leaveOut: leaveOut.filter((name) => name !== value) })
          }
        />
      </Field>
      <Field label="As" help={task === 'regress' ? 'The nearer the better.' : 'Right or wrong.'}>
        <SegmentedControl
          aria-label="Predict as"
          value={task}
          data={[
            { value: 'regress', label: 'A number' },
            { value: 'classify', label: 'Classes' },
          ]}
          onChange={(value) => onChange({ task: value === 'regress' ? 'regress' : 'classify' })}
        />
      </Field>
      <Field label="Leave out" help="Columns that the model does not see.">
        <MultiSelect
          aria-label="Columns left out"
          value={leaveOut}
          data={columns.filter((name) => name !== target)}
          onChange={(names) => onChange({ leaveOut: names })}
        />
      </Field>
    </>
  )
}
