/** What a table is to teach, and how its columns become features. */
import { SegmentedControl, Select } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ImportOptions } from '../../../main/common/data/options.ts'
import { Field } from '../../ui/Field.tsx'
import { Section } from '../../ui/Section.tsx'
import type { WrongFields } from './limits.ts'

type Table = NonNullable<ImportOptions['table']>

interface TableFieldsProps {
  table: Table
  columns: readonly string[]
  header: ReactNode
  wrong: WrongFields
  onChange: (part: Partial<Table>) => void
}

const scalingHelp: Record<Table['scaling'], string> = {
  standard: 'Each number minus the mean, divided by the standard deviation.',
  quantile: 'Each number by its rank in training: outliers do no harm.',
  none: 'Numbers as they are; only for columns of one magnitude around 0.',
}
const missingHelp: Record<Table['missing'], string> = {
  mean: 'Taken as the column’s mean.',
  median: 'Taken as the column’s median.',
  zero: 'Taken as 0.',
  indicator: 'Taken as the mean, and one more feature says that it was missing.',
}

export function TableFields({ table, columns, header, wrong, onChange }: TableFieldsProps) {
  const { target, task, leaveOut } = table
  return (
    <>
      <Section title="To learn">
        {header}
        <Field label="Predict" help="The column that the model learns.">
          <Select
            aria-label="Column to predict"
            value={target}
            data={[...columns]}
            searchable
            limit={100}
            error={wrong.get('table.target')}
            onChange={(value) =>
              value !== null &&
              onChange({ target: value, leaveOut: leaveOut.filter((name) => name !== value) })
            }
          />
        </Field>
        <Field
          label="As"
          help={
            task === 'regress'
              ? 'The nearer the better: prices, temperatures.'
              : 'Right or wrong: kinds, yes and no.'
          }
        >
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
      </Section>
      <Section title="Features">
        <Field label="Numbers" help={scalingHelp[table.scaling]}>
          <Select
            aria-label="Scaling of numbers"
            value={table.scaling}
            data={[
              { value: 'standard', label: 'Standardised' },
              { value: 'quantile', label: 'Quantiles' },
              { value: 'none', label: 'As they are' },
            ]}
            onChange={(value) => onChange({ scaling: value as Table['scaling'] })}
          />
        </Field>
        <Field label="Missing" help={missingHelp[table.missing]}>
          <Select
            aria-label="Missing numbers"
            value={table.missing}
            data={[
              { value: 'mean', label: 'Mean' },
              { value: 'median', label: 'Median' },
              { value: 'zero', label: 'Zero' },
              { value: 'indicator', label: 'Mean and a sign' },
            ]}
            onChange={(value) => onChange({ missing: value as Table['missing'] })}
          />
        </Field>
        <Field
          label="Categories"
          help={
            table.categories === 'one-hot'
              ? 'One feature for each category, 1 where the row has it.'
              : 'One feature with the category’s number, for an embedding.'
          }
        >
          <SegmentedControl
            aria-label="Categories"
            value={table.categories}
            data={[
              { value: 'one-hot', label: 'One-hot' },
              { value: 'codes', label: 'Numbers' },
            ]}
            onChange={(value) => onChange({ categories: value === 'codes' ? 'codes' : 'one-hot' })}
          />
        </Field>
      </Section>
    </>
  )
}
