/** The settings of the next run, what it will amount to, and what stands in its way. */
import { Button, NativeSelect, Tooltip } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { applies } from '../../../main/common/applicable.ts'
import {
  optimizerSchema,
  optimizerTitles,
  overfitConfig,
  usualLearningRate as usualRate,
  type TrainConfig,
} from '../../../main/common/training.ts'
import { useChosenDataset } from '../../state/datasets.ts'
import { useAnalysis, useModel } from '../../state/model.ts'
import { goTo } from '../../state/pages.ts'
import { usePreferences } from '../../state/preferences.ts'
import { startTraining, useStarting } from '../../state/training.ts'
import { Card } from '../../ui/Card.tsx'
import { Field } from '../../ui/Field.tsx'
import { count, counted } from '../../ui/format.ts'
import { SweepButton } from '../../sweep/SweepButton.tsx'
import { RateFinderButton } from '../range/RateFinderButton.tsx'
import page from '../TrainPage.module.css'
import { useTrainAction } from '../useTrainAction.ts'
import { DataFields } from './DataFields.tsx'
import { EngineFields } from './EngineFields.tsx'
import type { Form } from './form.ts'
import { FrozenFields } from './FrozenFields.tsx'
import { GradientFields } from './GradientFields.tsx'
import { groups } from './groups.ts'
import { CheckpointFields, StoppingFields } from './KeepingFields.tsx'
import { NumberField } from './NumberField.tsx'
import { numbers } from './numbers.ts'
import { OptimizerFields } from './OptimizerFields.tsx'
import { workOf, type Work } from './plan.ts'
import { ScheduleFields } from './ScheduleFields.tsx'
import { SettingGroup, withOrWithout } from './SettingGroup.tsx'
import classes from './setup.module.css'

const change = (part: Partial<TrainConfig>): void => {
  const { config, set } = usePreferences.getState()
  set({ config: { ...config, ...part } })
}

export function SetupForm() {
  const config = usePreferences((s) => s.config)
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set())
  const { obstacles, train } = useTrainAction()
  const dataset = useChosenDataset()
  const work = useMemo(() => dataset && workOf(dataset, config), [dataset, config])
  const mark = useCallback(
    (key: string, bad: boolean) => setWrong((before) => withOrWithout(before, key, bad)),
    [],
  )
  const form: Form = { config, dataset, change, mark }
  const ready = obstacles.length === 0 && wrong.size === 0
  return (
    <Card title="Next run" note={<Subject />} className={page.setup}>
      <form
        style={{ display: 'contents' }}
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) train()
        }}
      >
        <div className={page.scroll}>
          <Obstacles obstacles={obstacles} />
          <div className={page.fields}>
            <MainFields {...form} ready={ready} />
          </div>
          <div className={classes.groups}>
            <SettingGroup group={groups.schedule} form={form}>
              {({ mark }) => (
                <ScheduleFields
                  value={config.schedule}
                  learningRate={config.learningRate}
                  work={work}
                  onChange={(schedule) => change({ schedule })}
                  mark={mark}
                />
              )}
            </SettingGroup>
            <SettingGroup group={groups.optimizer} form={form}>
              {OptimizerFields}
            </SettingGroup>
            <SettingGroup group={groups.gradients} form={form}>
              {GradientFields}
            </SettingGroup>
            {dataset && Object.values(applies(dataset)).some(Boolean) && (
              <SettingGroup group={groups.data} form={form}>
                {DataFields}
              </SettingGroup>
            )}
            <SettingGroup group={groups.frozen} form={form}>
              {(inside) => <FrozenFields {...inside} />}
            </SettingGroup>
            <SettingGroup group={groups.stopping} form={form}>
              {StoppingFields}
            </SettingGroup>
            <SettingGroup group={groups.checkpoints} form={form}>
              {CheckpointFields}
            </SettingGroup>
            <SettingGroup group={groups.engine} form={form}>
              {(inside) => <EngineFields {...inside} />}
            </SettingGroup>
          </div>
          {work && <Plan config={config} work={work} />}
        </div>
        {wrong.size > 0 && <p className={classes.mend}>Mend what is marked above to start.</p>}
        <StartButtons ready={ready} />
      </form>
    </Card>
  )
}

/** The few that nearly every run is about. */
function MainFields({ config, dataset, change, mark, ready }: Form & { ready: boolean }) {
  const byTokens = dataset && applies(dataset).tokenBudget && config.tokenBudget !== null
  const changeOptimizer = (optimizer: TrainConfig['optimizer']): void => {
    const untouched = config.learningRate === usualRate[config.optimizer]
    change({ optimizer, ...(untouched ? { learningRate: usualRate[optimizer] } : {}) })
  }
  return (
    <>
      <Field label="Optimizer">
        <NativeSelect
          aria-label="Optimizer"
          value={config.optimizer}
          data={optimizerSchema.options.map((value) => ({ value, label: optimizerTitles[value] }))}
          onChange={(event) => changeOptimizer(optimizerSchema.parse(event.currentTarget.value))}
        />
      </Field>
      <NumberField
        setting={numbers.learningRate}
        value={config.learningRate}
        onValue={(learningRate) => learningRate !== null && change({ learningRate })}
        mark={mark}
        aside={<RateFinderButton disabled={!ready} onRate={(learningRate) => change({ learningRate })} />}
      />
      {byTokens ? (
        <Field label="Batch size">
          <span className={page.tick}>{counted(config.tokenBudget ?? 0, 'token')}, see Data below</span>
        </Field>
      ) : (
        <NumberField
          setting={numbers.batchSize}
          value={config.batchSize}
          onValue={(batchSize) => batchSize !== null && change({ batchSize })}
          mark={mark}
        />
      )}
      <NumberField
        setting={numbers.epochs}
        value={config.epochs}
        onValue={(epochs) => epochs !== null && change({ epochs })}
        mark={mark}
      />
    </>
  )
}

function StartButtons({ ready }: { ready: boolean }) {
  const starting = useStarting((s) => s.starting)
  return (
    <div className={classes.foot}>
      <Button
        type="submit"
        size="sm"
        disabled={!ready}
        loading={starting}
        leftSection={<IconPlayerPlayFilled size={15} />}
      >
        Start training
      </Button>
      <Tooltip
        label="Trains on the first batch alone. A network that cannot learn one batch by heart has a fault: worth a few seconds before a long run."
        maw={300}
      >
        <Button
          size="sm"
          variant="default"
          disabled={!ready || starting}
          onClick={() => void startTraining(overfitConfig(usePreferences.getState().config))}
        >
          Overfit one batch
        </Button>
      </Tooltip>
      <SweepButton size="sm" disabled={!ready || starting} />
      <SweepButton size="sm" disabled={!ready || starting} seeds={5} />
    </div>
  )
}

function Obstacles({ obstacles }: Pick<ReturnType<typeof useTrainAction>, 'obstacles'>) {
  if (obstacles.length === 0) return null
  return (
    <ul className={page.obstacles} aria-label="What is missing">
      {obstacles.map((obstacle) => (
        <li key={obstacle.what} className={page.obstacle}>
          <span>{obstacle.what}</span>
          <Button variant="default" onClick={() => goTo(obstacle.page)} style={{ flex: 'none' }}>
            {obstacle.go}
          </Button>
        </li>
      ))}
    </ul>
  )
}

function Subject() {
  const model = useModel((s) => s.document.name)
  const dataset = useChosenDataset()
  const text = dataset ? `${model} on ${dataset.name}` : model
  return <span title={text}>{text}</span>
}

function Plan({ config, work }: { config: TrainConfig; work: Work }) {
  const dataset = useChosenDataset()
  const analysis = useAnalysis(dataset)
  if (!dataset) return null
  const about = work.exact ? '' : 'about '
  return (
    <p className={page.plan}>
      <b>
        {about}
        {counted(work.steps, 'step')}
      </b>
      : {counted(dataset.trainCount, 'sample')} make {about}
      {counted(work.batches, 'batch', 'batches')}, seen{' '}
      {config.epochs === 1 ? 'once' : `${count(config.epochs)} times`}.
      {analysis.problems.length === 0 && <> The model has {counted(analysis.parameters, 'weight')}.</>}
    </p>
  )
}
