/** What changes how a run is computed and watched, not what it learns. */
import { Button, Checkbox, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { gpuOf } from '../../../main/common/device.ts'
import { precisionSchema, precisionTitles, type DeviceChoice } from '../../../main/common/training.ts'
import { client } from '../../client.ts'
import { useApp } from '../../state/app.ts'
import { complain } from '../../state/notices.ts'
import { useAnalysis, useModel } from '../../state/model.ts'
import { Field } from '../../ui/Field.tsx'
import { measure, milliseconds } from '../../ui/format.ts'
import { DeviceField } from './DeviceField.tsx'
import type { Form } from './form.ts'
import { NumberField } from './NumberField.tsx'
import { numbers } from './numbers.ts'
import classes from './setup.module.css'

export function EngineFields(form: Form) {
  const { config, dataset, change, mark } = form
  const engine = useApp((s) => s.info?.engine)
  const gpu = engine ? gpuOf(config.device, engine) : null
  // What was chosen elsewhere can be seen, and given up.
  const precisions = precisionSchema.options.filter(
    (one) => gpu || one !== 'tf32' || config.precision === one,
  )
  return (
    <>
      <DeviceField {...form} />
      <Field label="Precision" help={<PrecisionHelp device={config.device} />}>
        <SegmentedControl
          aria-label="Precision"
          fullWidth
          value={config.precision}
          data={precisions.map((value) => ({ value, label: precisionTitles[value] }))}
          onChange={(precision) => change({ precision: precisionSchema.parse(precision) })}
        />
      </Field>
      {dataset && <PrecisionGain config={config} dataset={dataset} />}
      {(gpu || !config.deterministic) && (
        <Field
          label=""
          help="The same seed gives the same numbers. Without it, some steps on a GPU may be faster."
        >
          <Checkbox
            label="Deterministic"
            checked={config.deterministic}
            onChange={(event) => change({ deterministic: event.currentTarget.checked })}
          />
        </Field>
      )}
      <NumberField
        setting={numbers.seed}
        value={config.seed}
        onValue={(seed) => seed !== null && change({ seed })}
        mark={mark}
      />
      <NumberField
        setting={numbers.probeEvery}
        value={config.probeEvery}
        onValue={(probeEvery) => probeEvery !== null && change({ probeEvery })}
        mark={mark}
      />
      <NumberField
        setting={numbers.histogramsEvery}
        value={config.histogramsEvery}
        onValue={(histogramsEvery) => histogramsEvery !== null && change({ histogramsEvery })}
        mark={mark}
      />
    </>
  )
}

function PrecisionHelp({ device }: { device: DeviceChoice }) {
  const engine = useApp((s) => s.info?.engine)
  const gpu = engine && gpuOf(device, engine)
  const gain =
    !engine || gpu
      ? ''
      : engine.bfloat16
        ? ' This processor has instructions for it: large layers gain, small ones may not.'
        : ` This processor (${engine.instructionSet}) has no instructions for it: it is no faster here.`
  return (
    <>
      bfloat16 multiplies in 16 bits; weights and updates stay 32.
      {gpu && ' TF32 keeps 10 bits of the fraction in products.'}
      {gain}
    </>
  )
}

/** A few steps either way, timed. */
function PrecisionGain({
  config,
  dataset,
}: {
  config: Form['config']
  dataset: NonNullable<Form['dataset']>
}) {
  const document = useModel((s) => s.document)
  const analysis = useAnalysis(dataset)
  const [measuring, setMeasuring] = useState(false)
  const [found, setFound] = useState<{ of: unknown; text: string } | null>(null)
  // What was measured holds for this model, data and batch only.
  const of = `${document.name} ${dataset.id} ${config.batchSize} ${config.optimizer} ${config.device}`
  const run = async (): Promise<void> => {
    setMeasuring(true)
    try {
      const step = async (precision: Form['config']['precision']): Promise<number> =>
        (await client.models.forecast({ document, datasetId: dataset.id, config: { ...config, precision } }))
          .stepMs
      const wide = await step('float32')
      const narrow = await step('bfloat16')
      setFound({ of, text: gainText(wide, narrow) })
    } catch (error) {
      complain(error)
    }
    setMeasuring(false)
  }
  return (
    <Field label="">
      <div>
        <Button
          variant="default"
          loading={measuring}
          disabled={analysis.problems.length > 0}
          onClick={() => void run()}
        >
          Measure both
        </Button>
        <p className={classes.measured} role="status">
          {found?.of === of ? found.text : ''}
        </p>
      </div>
    </Field>
  )
}

/** Less than this is no gain: two measurements of the same differ by as much. */
const noise = 1.05

function gainText(wide: number, narrow: number): string {
  const times = wide / narrow
  const both = `A step takes ${milliseconds(wide)} in float32, ${milliseconds(narrow)} in bfloat16`
  if (times > noise) return `${both}: ${measure(times, 2)} times as fast.`
  return times < 1 / noise ? `${both}: slower here.` : `${both}: no gain here.`
}
