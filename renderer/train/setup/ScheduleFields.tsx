/** The learning rate over the run: kind, warm-up, what is the kind's own, and a drawing of it. */
import { NativeSelect } from '@mantine/core'
import { scheduleSchema, type Schedule } from '../../../main/common/training.ts'
import { Field } from '../../ui/Field.tsx'
import { NumberField } from './NumberField.tsx'
import { numbers } from './numbers.ts'
import { ScheduleDrawing } from './ScheduleDrawing.tsx'

const kinds: Record<Schedule['kind'], { title: string; help: string }> = {
  constant: { title: 'Constant', help: 'The same rate from the first step to the last.' },
  step: { title: 'Steps', help: 'Drops at once, every so many steps.' },
  cosine: { title: 'Cosine', help: 'Falls slowly, then fast, then slowly: a good choice for most networks.' },
  'one-cycle': {
    title: 'One cycle',
    help: 'Rises first, then falls far below where it began: for short runs.',
  },
  linear: { title: 'Linear', help: 'Falls along a line: usual for transformers, after a warm-up.' },
  plateau: { title: 'On a plateau', help: 'Drops when the validation loss stops falling.' },
}

type Own = Exclude<keyof Schedule, 'kind' | 'warmupSteps'>

const own: Record<Schedule['kind'], readonly Own[]> = {
  constant: [],
  step: ['everySteps', 'factor'],
  cosine: ['end'],
  'one-cycle': ['rise'],
  linear: ['end'],
  plateau: ['factor', 'patience'],
}

interface ScheduleFieldsProps {
  value: Schedule
  learningRate: number
  /** Updates of the whole run, and whether that is certain; null where there is no data. */
  work: { steps: number; exact: boolean } | null
  onChange: (value: Schedule) => void
  mark: (key: string, wrong: boolean) => void
}

export function ScheduleFields({ value, learningRate, work, onChange, mark }: ScheduleFieldsProps) {
  const { kind } = value
  const choose = (chosen: Schedule['kind']): void => {
    // What is typed wrong in a field that goes is not wrong any more.
    for (const key of own[kind]) mark(key, false)
    onChange({ ...value, kind: chosen })
  }
  return (
    <>
      <Field label="Kind" help={kinds[kind].help}>
        <NativeSelect
          aria-label="Schedule"
          value={kind}
          data={scheduleSchema.shape.kind
            .unwrap()
            .options.map((one) => ({ value: one, label: kinds[one].title }))}
          onChange={(event) => choose(scheduleSchema.shape.kind.parse(event.currentTarget.value))}
        />
      </Field>
      {kind !== 'one-cycle' && (
        <NumberField
          setting={numbers.warmupSteps}
          value={value.warmupSteps}
          onValue={(typed) => onChange({ ...value, warmupSteps: typed ?? 0 })}
          mark={mark}
        />
      )}
      {own[kind].map((key) => (
        <NumberField
          key={key}
          setting={numbers[key]}
          value={value[key]}
          onValue={(typed) => onChange({ ...value, [key]: typed })}
          mark={mark}
        />
      ))}
      {work && <ScheduleDrawing config={{ learningRate, schedule: value }} {...work} />}
    </>
  )
}
