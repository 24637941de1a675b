/** One setting that is swept: its values as a list, as a range, or ticked. */
import { ActionIcon, Checkbox, SegmentedControl, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { SweepField } from '../../main/common/sweeps/fields.ts'
import type { DraftDimension } from './draft.ts'
import classes from './setup.module.css'

interface DimensionRowProps {
  row: DraftDimension
  field: SweepField
  /** A range says how many values a grid takes of it. */
  grid: boolean
  wrong: string | null
  onChange: (part: Partial<DraftDimension>) => void
  onRemove: () => void
}

export function DimensionRow({ row, field, grid, wrong, onChange, onRemove }: DimensionRowProps) {
  const name = field.group === 'Training' ? field.title : `${field.group}: ${field.title.toLowerCase()}`
  return (
    <div className={classes.row} role="group" aria-label={name}>
      <div className={classes.rowHead}>
        <b>{name}</b>
        {field.kind !== 'choice' && (
          <SegmentedControl
            aria-label={`How ${name} is given`}
            value={row.kind}
            data={[
              { value: 'list', label: 'Values' },
              { value: 'range', label: 'Range' },
            ]}
            onChange={(kind) => onChange({ kind: kind === 'list' ? 'list' : 'range' })}
          />
        )}
        <ActionIcon aria-label={`Do not sweep ${name}`} onClick={onRemove}>
          <IconX size={15} />
        </ActionIcon>
      </div>
      {field.kind === 'choice' ? (
        <Ticks row={row} field={field} onChange={onChange} />
      ) : row.kind === 'list' ? (
        <TextInput
          aria-label={`Values of ${name}`}
          value={row.list}
          error={wrong !== null}
          onChange={(event) => onChange({ list: event.currentTarget.value })}
        />
      ) : (
        <Range row={row} name={name} grid={grid} wrong={wrong !== null} onChange={onChange} />
      )}
      {wrong !== null && (
        <p className={classes.wrong} role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}

function Ticks({ row, field, onChange }: Pick<DimensionRowProps, 'row' | 'field' | 'onChange'>) {
  return (
    <Checkbox.Group value={row.ticked} onChange={(ticked) => onChange({ ticked })}>
      <div className={classes.ticks}>
        {field.choices.map(({ title }) => (
          <Checkbox key={title} value={title} label={title} />
        ))}
      </div>
    </Checkbox.Group>
  )
}

function Range({
  row,
  name,
  grid,
  wrong,
  onChange,
}: Pick<DimensionRowProps, 'row' | 'grid' | 'onChange'> & { name: string; wrong: boolean }) {
  return (
    <div className={classes.range}>
      <TextInput
        aria-label={`${name} from`}
        value={row.low}
        error={wrong}
        onChange={(event) => onChange({ low: event.currentTarget.value })}
      />
      <span>to</span>
      <TextInput
        aria-label={`${name} to`}
        value={row.high}
        error={wrong}
        onChange={(event) => onChange({ high: event.currentTarget.value })}
      />
      <Checkbox
        label="log"
        title="Every decade is as likely as every other"
        checked={row.log}
        onChange={(event) => onChange({ log: event.currentTarget.checked })}
      />
      {grid && (
        <>
          <TextInput
            aria-label={`Values of a grid of ${name}`}
            className={classes.points}
            value={row.points}
            error={wrong}
            onChange={(event) => onChange({ points: event.currentTarget.value })}
          />
          <span>values</span>
        </>
      )}
    </div>
  )
}
