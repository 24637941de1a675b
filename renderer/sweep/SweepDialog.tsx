/** The set-up of a sweep: what is swept, how, how long; what it will amount to stands beside it. */
import { Button, Modal, NativeSelect, SegmentedControl, Select } from '@mantine/core'
import { IconPlayerPlayFilled, IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { frozenIn } from '../../main/common/frozen.ts'
import type { SweepField } from '../../main/common/sweeps/fields.ts'
import type { SweepSpec } from '../../main/common/sweeps/spec.ts'
import { lowerIsBetter } from '../../main/common/training.ts'
import { useChosenDataset } from '../state/datasets.ts'
import { useModel } from '../state/model.ts'
import { usePreferences } from '../state/preferences.ts'
import { startSweep } from '../state/sweeps.ts'
import { metricChoices } from '../train/setup/metricChoices.ts'
import { Field } from '../ui/Field.tsx'
import { Section } from '../ui/Section.tsx'
import { DimensionRow } from './DimensionRow.tsx'
import {
  emptyDraft,
  newDimension,
  specOf,
  usableFields,
  valueNow,
  type Draft,
  type Subject,
  type Wrong,
} from './draft.ts'
import { DraftNumber } from './DraftNumber.tsx'
import { PlanOfSweep } from './PlanOfSweep.tsx'
import classes from './setup.module.css'

const methodHelp: Record<Draft['method'], string> = {
  grid: 'Every combination is trained. Good for one or two settings with few values.',
  random:
    'Combinations are drawn at random. Finds good values of several settings with fewer runs than a grid.',
  halving:
    'Many begin; after each rung only the best go on, with more epochs (ASHA). Most time goes to what promises most.',
}

interface SweepDialogProps {
  seeds: number
  /** Begins with a setting to sweep. */
  swept: boolean
  onClose: () => void
}

export function SweepDialog({ seeds, swept, onClose }: SweepDialogProps) {
  const document = useModel((s) => s.document)
  const config = usePreferences((s) => s.config)
  const dataset = useChosenDataset()
  const fields = useMemo(() => usableFields(document, dataset), [document, dataset])
  const metrics = metricChoices(dataset, null)
  const subject = useMemo<Subject>(
    () => ({ document, config: frozenIn(config, document), datasetId: dataset?.id ?? '' }),
    [document, config, dataset?.id],
  )
  const [draft, setDraft] = useState<Draft>(() => firstDraft(subject, fields, metrics, seeds, swept))
  const [starting, setStarting] = useState(false)
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }))
  const { spec, wrong } = useMemo(() => specOf(draft, subject), [draft, subject])
  const start = async (): Promise<void> => {
    if (!spec) return
    setStarting(true)
    const taken = await startSweep(spec)
    setStarting(false)
    if (taken) onClose()
  }
  return (
    <Modal opened onClose={onClose} title={<b>Sweep</b>} size={920}>
      <form
        className={classes.dialog}
        onSubmit={(event) => {
          event.preventDefault()
          // A dialog opened from another form would send that one too.
          event.stopPropagation()
          void start()
        }}
      >
        <div className={classes.fields}>
          <Swept draft={draft} fields={fields} subject={subject} wrong={wrong ?? {}} change={change} />
          <How draft={draft} wrong={wrong ?? {}} change={change} />
          <Wanted draft={draft} metrics={metrics} wrong={wrong ?? {}} change={change} />
        </div>
        <div className={classes.side}>
          <PlanOfSweep spec={spec} />
          <Buttons spec={spec} starting={starting} onClose={onClose} />
        </div>
      </form>
    </Modal>
  )
}

function firstDraft(
  subject: Subject,
  fields: readonly SweepField[],
  metrics: readonly string[],
  seeds: number,
  swept: boolean,
): Draft {
  const rate = fields.find(({ setting }) => setting === 'learningRate')
  const metric = metrics.find((name) => name.endsWith('/accuracy')) ?? metrics[0] ?? 'val/loss'
  return {
    ...emptyDraft(metric),
    seeds: String(seeds),
    dimensions: swept && rate ? [newDimension(rate, valueNow(subject, rate.setting))] : [],
  }
}

interface Part {
  draft: Draft
  wrong: Wrong
  change: (part: Partial<Draft>) => void
}

function Swept({
  draft,
  fields,
  subject,
  wrong,
  change,
}: Part & { fields: readonly SweepField[]; subject: Subject }) {
  const { dimensions } = draft
  const taken = new Set(dimensions.map(({ setting }) => setting))
  const groups = [...new Set(fields.map(({ group }) => group))]
  const free = fields.filter(({ setting }) => !taken.has(setting))
  return (
    <Section title="What is swept">
      {dimensions.map((row) => {
        const field = fields.find(({ setting }) => setting === row.setting)
        if (!field) return null
        return (
          <DimensionRow
            key={row.id}
            row={row}
            field={field}
            grid={draft.method === 'grid'}
            wrong={wrong[String(row.id)] ?? null}
            onChange={(part) =>
              change({ dimensions: dimensions.map((one) => (one.id === row.id ? { ...one, ...part } : one)) })
            }
            onRemove={() => change({ dimensions: dimensions.filter(({ id }) => id !== row.id) })}
          />
        )
      })}
      {dimensions.length === 0 && (
        <p className={classes.hint}>Nothing: the same settings, once for every seed.</p>
      )}
      <Select
        aria-label="Add a setting"
        placeholder="Add a setting, of training or of a layer…"
        leftSection={<IconPlus size={14} />}
        searchable
        value={null}
        nothingFoundMessage="No such setting"
        data={groups.map((group) => ({
          group,
          items: free
            .filter((field) => field.group === group)
            .map(({ setting, title }) => ({
              value: setting,
              label: group === 'Training' ? title : `${group}: ${title}`,
            })),
        }))}
        onChange={(setting) => {
          const field = fields.find((one) => one.setting === setting)
          if (field)
            change({ dimensions: [...dimensions, newDimension(field, valueNow(subject, field.setting))] })
        }}
      />
    </Section>
  )
}

function How({ draft, wrong, change }: Part) {
  const props = { draft, wrong, change }
  return (
    <Section title="How">
      <SegmentedControl
        aria-label="Method"
        fullWidth
        value={draft.method}
        data={[
          { value: 'grid', label: 'Grid' },
          { value: 'random', label: 'Random' },
          { value: 'halving', label: 'Successive halving' },
        ]}
        onChange={(method) => change({ method: method as Draft['method'] })}
      />
      <p className={classes.hint}>{methodHelp[draft.method]}</p>
      <div className={classes.numbers}>
        {draft.method !== 'grid' && <DraftNumber {...props} field="trials" label="Combinations" />}
        {draft.method === 'halving' && (
          <>
            <DraftNumber {...props} field="minEpochs" label="Epochs of the first rung" />
            <DraftNumber {...props} field="eta" label="Goes on: the best one of" />
          </>
        )}
        {draft.method !== 'halving' && <DraftNumber {...props} field="seeds" label="Seeds of each" />}
      </div>
    </Section>
  )
}

function Wanted({ draft, metrics, wrong, change }: Part & { metrics: readonly string[] }) {
  const props = { draft, wrong, change }
  return (
    <Section title="What counts, and when it is enough">
      <Field label="Best by" help={lowerIsBetter(draft.metric) ? 'Lower is better.' : 'Higher is better.'}>
        <div className={classes.pair}>
          <NativeSelect
            aria-label="Metric"
            value={draft.metric}
            data={[...metrics]}
            onChange={(event) => change({ metric: event.currentTarget.value })}
          />
          <NativeSelect
            aria-label="Which value of it"
            value={draft.read}
            data={[
              { value: 'best', label: 'best epoch' },
              { value: 'last', label: 'last epoch' },
            ]}
            onChange={(event) => change({ read: event.currentTarget.value === 'last' ? 'last' : 'best' })}
          />
        </div>
      </Field>
      <div className={classes.numbers}>
        <DraftNumber {...props} field="runs" label="Runs at most" empty="no limit" />
        <DraftNumber {...props} field="minutes" label="Minutes at most" empty="no limit" />
      </div>
    </Section>
  )
}

function Buttons({
  spec,
  starting,
  onClose,
}: {
  spec: SweepSpec | null
  starting: boolean
  onClose: () => void
}) {
  return (
    <div className={classes.buttons}>
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
      <Button
        type="submit"
        loading={starting}
        disabled={spec === null}
        leftSection={<IconPlayerPlayFilled size={14} />}
      >
        Start sweep
      </Button>
    </div>
  )
}
