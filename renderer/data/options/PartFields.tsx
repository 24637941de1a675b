/** Who trains, who validates, who is left for a last test; and when an import gives up. */
import type { ImportOptions, SplitOptions } from '../../../main/common/data/options.ts'
import type { Reading } from '../../../main/common/data/guess.ts'
import { Choices, type Choice } from '../../ui/Choices.tsx'
import { Field } from '../../ui/Field.tsx'
import { Section } from '../../ui/Section.tsx'
import { ColumnField } from './ColumnField.tsx'
import type { WrongFields } from './limits.ts'
import { ShareField } from './NumberField.tsx'
import { OneOf } from './OneOf.tsx'

interface PartFieldsProps {
  options: ImportOptions
  reading: Reading
  /** Names of the columns that rows may be grouped by. */
  columns: readonly string[]
  wrong: WrongFields
  onChange: (part: Partial<ImportOptions>) => void
}

const byItem: Choice<SplitOptions['by']> = {
  value: 'item',
  label: 'By content',
  help: 'Each sample by itself: data that is added later moves no sample to another part.',
}
const stratified: Choice<SplitOptions['by']> = {
  value: 'stratified',
  label: 'Same share of every class',
  help: 'Good for rare classes.',
}
const grouped: Choice<SplitOptions['by']> = {
  value: 'group',
  label: 'Groups stay together',
  help: 'All rows of one patient, author or device are in the same part.',
}

export function PartFields({ options, reading, columns, wrong, onChange }: PartFieldsProps) {
  const { split } = options
  const change = (part: Partial<SplitOptions>): void => onChange({ split: { ...split, ...part } })
  const given = reading.givenSplit && split.given
  const ways = [
    byItem,
    ...(reading.task === 'classify' ? [stratified] : []),
    ...(columns.length > 0 ? [grouped] : []),
  ]
  return (
    <Section title="Parts">
      {reading.givenSplit && (
        <OneOf
          label="As given"
          name="Parts of the source"
          help={
            given
              ? 'The source has training and validation parts of its own; they are kept.'
              : 'All samples are mixed and divided anew.'
          }
          value={given ? 'given' : 'anew'}
          words={{ given: 'Keep its parts', anew: 'Divide anew' }}
          onChange={(value) => change({ given: value === 'given' })}
        />
      )}
      {!given && (
        <>
          <ShareField
            label="Validation"
            name="Validation share"
            help="Held out of training, to see how well the model does on what it has not seen."
            value={options.validationShare}
            error={wrong.get('validationShare')}
            onChange={(validationShare) => onChange({ validationShare })}
          />
          <ShareField
            label="Test"
            name="Test share"
            help="Kept for one last look at the end; 0 % for none."
            value={split.testShare}
            error={wrong.get('split.testShare')}
            onChange={(testShare) => change({ testShare })}
          />
          {ways.length > 1 && (
            <Field label="Divided">
              <Choices label="Divided" value={split.by} choices={ways} onChange={(by) => change({ by })} />
            </Field>
          )}
          {split.by === 'group' && (
            <ColumnField
              label="Grouped by"
              name="Column of groups"
              help="Rows with the same value here are in the same part."
              value={split.groupColumn}
              columns={columns}
              error={wrong.get('split.groupColumn')}
              onChange={(groupColumn) => change({ groupColumn })}
            />
          )}
        </>
      )}
      <ShareField
        label="Damaged"
        name="Most that may be set aside"
        help="What cannot be used is set aside and listed with the reason. The import stops when it is more than this."
        value={options.mostSetAside}
        error={wrong.get('mostSetAside')}
        onChange={(mostSetAside) => onChange({ mostSetAside })}
      />
    </Section>
  )
}
