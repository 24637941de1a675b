/** When a run ends by itself, and what is kept of it on the way. */
import { Checkbox, NativeSelect } from '@mantine/core'
import { lowerIsBetter, earlyStoppingSchema } from '../../../main/common/training.ts'
import { Field } from '../../ui/Field.tsx'
import type { Form } from './form.ts'
import { metricChoices } from './metricChoices.ts'
import { NumberField } from './NumberField.tsx'
import { numbers } from './numbers.ts'

export function StoppingFields({ config, dataset, change, mark }: Form) {
  const { earlyStopping: value } = config
  const toggle = (on: boolean): void => {
    for (const { key } of [numbers.stopPatience, numbers.minDelta]) mark(key, false)
    const [metric = 'val/loss'] = metricChoices(dataset, null)
    change({ earlyStopping: on ? earlyStoppingSchema.parse({ metric }) : null })
  }
  return (
    <>
      <Checkbox
        label="End the run when it no longer improves"
        description="Looked at after each epoch. The best weights are kept either way."
        checked={value !== null}
        onChange={(event) => toggle(event.currentTarget.checked)}
      />
      {value && (
        <>
          <Field label="Metric" help={lowerIsBetter(value.metric) ? 'Lower is better.' : 'Higher is better.'}>
            <NativeSelect
              aria-label="Metric of early stopping"
              value={value.metric}
              data={metricChoices(dataset, value.metric)}
              onChange={(event) => change({ earlyStopping: { ...value, metric: event.currentTarget.value } })}
            />
          </Field>
          <NumberField
            setting={numbers.stopPatience}
            value={value.patience}
            onValue={(patience) => patience !== null && change({ earlyStopping: { ...value, patience } })}
            mark={mark}
          />
          <NumberField
            setting={numbers.minDelta}
            value={value.minDelta}
            onValue={(minDelta) => minDelta !== null && change({ earlyStopping: { ...value, minDelta } })}
            mark={mark}
          />
        </>
      )}
    </>
  )
}

export function CheckpointFields({ config, dataset, change, mark }: Form) {
  const { checkpoints: value } = config
  const set = (part: Partial<typeof value>): void => change({ checkpoints: { ...value, ...part } })
  return (
    <>
      <NumberField
        setting={numbers.checkpointSteps}
        value={value.everySteps}
        onValue={(everySteps) => set({ everySteps })}
        mark={mark}
      />
      <NumberField
        setting={numbers.checkpointMinutes}
        value={value.everyMinutes}
        onValue={(everyMinutes) => set({ everyMinutes })}
        mark={mark}
      />
      <NumberField
        setting={numbers.keep}
        value={value.keep}
        onValue={(keep) => keep !== null && set({ keep })}
        mark={mark}
      />
      <Field label="Best by" help="The checkpoint with the best value of this is kept.">
        <NativeSelect
          aria-label="What the best checkpoint is best by"
          value={value.bestMetric ?? ''}
          data={[
            { value: '', label: dataset?.validationCount === 0 ? 'training loss' : 'validation loss' },
            ...metricChoices(dataset, value.bestMetric),
          ]}
          onChange={(event) => set({ bestMetric: event.currentTarget.value || null })}
        />
      </Field>
    </>
  )
}
