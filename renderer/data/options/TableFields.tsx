/** What a table is to teach, and how its columns become features. */
import type { ReactNode } from 'react'
import type { ImportOptions } from '../../../main/common/data/options.ts'
import { Section } from '../../ui/Section.tsx'
import { ColumnField } from './ColumnField.tsx'
import type { WrongFields } from './limits.ts'
import { OneOf } from './OneOf.tsx'

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
        <ColumnField
          label="Predict"
          name="Column to predict"
          help="The column that the model learns."
          value={target}
          columns={columns}
          error={wrong.get('table.target')}
          onChange={(value) =>
            onChange({ target: value, leaveOut: leaveOut.filter((name) => name !== value) })
          }
        />
        <OneOf
          label="As"
          name="Predict as"
          help={
            task === 'regress'
              ? 'The nearer the better: prices, temperatures.'
              : 'Right or wrong: kinds, yes and no.'
          }
          value={task}
          words={{ regress: 'A number', classify: 'Classes' }}
          onChange={(value) => onChange({ task: value })}
        />
      </Section>
      <Section title="Features">
        <OneOf
          label="Numbers"
          name="Scaling of numbers"
          help={scalingHelp[table.scaling]}
          value={table.scaling}
          words={{ standard: 'Standardised', quantile: 'Quantiles', none: 'As they are' }}
          onChange={(scaling) => onChange({ scaling })}
        />
        <OneOf
          label="Missing"
          name="Missing numbers"
          help={missingHelp[table.missing]}
          value={table.missing}
          words={{ mean: 'Mean', median: 'Median', zero: 'Zero', indicator: 'Mean and a sign' }}
          onChange={(missing) => onChange({ missing })}
        />
        <OneOf
          label="Categories"
          help={
            table.categories === 'one-hot'
              ? 'One feature for each category, 1 where the row has it.'
              : 'One feature with the category’s number, for an embedding.'
          }
          value={table.categories}
          words={{ 'one-hot': 'One-hot', codes: 'Numbers' }}
          onChange={(categories) => onChange({ categories })}
        />
      </Section>
    </>
  )
}
