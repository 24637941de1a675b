/** The settings of the next run, what it will amount to, and what stands in its way. */
import { Button, NativeSelect } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import { useState } from 'react'
import { applies } from '../../main/common/applicable.ts'
import {
  optimizerSchema,
  optimizerTitles,
  trainConfigSchema,
  usualLearningRate as usualRate,
  type TrainConfig,
} from '../../main/common/training.ts'
import { type Dataset } from '../../main/common/data/dataset.ts'
import { useChosenDataset } from '../state/datasets.ts'
import { useAnalysis, useModel } from '../state/model.ts'
import { goTo } from '../state/pages.ts'
import { usePreferences } from '../state/preferences.ts'
import { useStarting } from '../state/training.ts'
import { Card } from '../ui/Card.tsx'
import { Field } from '../ui/Field.tsx'
import { count, counted } from '../ui/format.ts'
import { AugmentationFields } from './AugmentationFields.tsx'
import { BalanceField } from './BalanceField.tsx'
import { SettingInput } from './SettingInput.tsx'
import classes from './TrainPage.module.css'
import { useTrainAction } from './useTrainAction.ts'

type NumberKey = 'learningRate' | 'momentum' | 'weightDecay' | 'batchSize' | 'epochs' | 'seed'

const fields: readonly { key: NumberKey; label: string; help: string; wrong: string }[] = [
  {
    key: 'learningRate',
    label: 'Learning rate',
    help: 'How far a step goes.',
    wrong: 'A number above 0, such as 0.01 or 1e-3.',
  },
  {
    key: 'momentum',
    label: 'Momentum',
    help: 'Share of the last step that is kept.',
    wrong: 'A number from 0 to 0.999.',
  },
  {
    key: 'weightDecay',
    label: 'Weight decay',
    help: 'Pulls weights towards 0; 0 is off.',
    wrong: 'A number from 0 to 1.',
  },
  {
    key: 'batchSize',
    label: 'Batch size',
    help: 'Samples in one step.',
    wrong: 'A whole number from 1 to 65,536.',
  },
  {
    key: 'epochs',
    label: 'Epochs',
    help: 'Passes over the training samples.',
    wrong: 'A whole number from 1 to 100,000.',
  },
  {
    key: 'seed',
    label: 'Seed',
    help: 'Same seed, same run.',
    wrong: 'A whole number from 0 to 4,294,967,295.',
  },
]

export function SetupForm() {
  const config = usePreferences((s) => s.config)
  const set = usePreferences((s) => s.set)
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set())
  const { obstacles, train } = useTrainAction()
  const starting = useStarting((s) => s.starting)
  const dataset = useChosenDataset()
  const has = dataset && applies(dataset)
  const byTokens = has?.tokenBudget === true && config.tokenBudget !== null

  const change = (part: Partial<TrainConfig>): void =>
    set({ config: { ...usePreferences.getState().config, ...part } })
  const changeOptimizer = (optimizer: TrainConfig['optimizer']): void => {
    const untouched = config.learningRate === usualRate[config.optimizer]
    change({ optimizer, ...(untouched ? { learningRate: usualRate[optimizer] } : {}) })
  }
  const mark = (key: string, bad: boolean): void =>
    setWrong((before) => {
      const after = new Set(before)
      if (bad) after.add(key)
      else after.delete(key)
      return after
    })

  const ready = obstacles.length === 0 && wrong.size === 0
  return (
    <Card title="Next run" note={<Subject />} className={classes.setup}>
      <form
        style={{ display: 'contents' }}
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) train()
        }}
      >
        <div className={classes.scroll}>
          {obstacles.length > 0 && (
            <ul className={classes.obstacles} aria-label="What is missing">
              {obstacles.map((obstacle) => (
                <li key={obstacle.what} className={classes.obstacle}>
                  <span>{obstacle.what}</span>
                  <Button variant="default" onClick={() => goTo(obstacle.page)} style={{ flex: 'none' }}>
                    {obstacle.go}
                  </Button>
                </li>
              ))}
            </ul>
          )}
          <div className={classes.fields}>
            <Field label="Optimizer">
              <NativeSelect
                aria-label="Optimizer"
                value={config.optimizer}
                data={optimizerSchema.options.map((value) => ({ value, label: optimizerTitles[value] }))}
                onChange={(event) => changeOptimizer(optimizerSchema.parse(event.currentTarget.value))}
              />
            </Field>
            {fields
              .filter(({ key }) => key !== 'momentum' || config.optimizer === 'sgd')
              .filter(({ key }) => key !== 'batchSize' || !byTokens)
              .map(({ key, label, help, wrong: message }) => (
                <Field key={key} label={label} help={help}>
                  <SettingInput
                    label={label}
                    value={config[key]}
                    message={message}
                    accepts={(value) => trainConfigSchema.shape[key].safeParse(value).success}
                    onValue={(value) => change({ [key]: value })}
                    onWrong={(bad) => mark(key, bad)}
                  />
                </Field>
              ))}
            {has?.tokenBudget && (
              <Field
                label="Token budget"
                help={
                  byTokens
                    ? 'Tokens in one step, padding counted. Empty: a batch size instead.'
                    : 'Tokens in one step instead of a batch size: short texts share larger batches.'
                }
              >
                <SettingInput
                  label="Token budget"
                  value={config.tokenBudget}
                  placeholder="off"
                  message="A whole number from 1 to 10,000,000, such as 4096, or nothing."
                  accepts={(value) => trainConfigSchema.shape.tokenBudget.safeParse(value).success}
                  onValue={(tokenBudget) => change({ tokenBudget })}
                  onWrong={(bad) => mark('tokenBudget', bad)}
                />
              </Field>
            )}
            {dataset && has?.balance && (
              <BalanceField
                dataset={dataset}
                value={config.balance}
                onChange={(balance) => change({ balance })}
              />
            )}
            {dataset && has?.augmentation && (
              <AugmentationFields
                dataset={dataset}
                seed={config.seed}
                value={config.augmentation}
                onChange={(augmentation) => change({ augmentation })}
                onWrong={mark}
              />
            )}
          </div>
          <Plan config={config} />
        </div>
        <div className={classes.start}>
          <Button
            type="submit"
            fullWidth
            size="sm"
            disabled={!ready}
            loading={starting}
            leftSection={<IconPlayerPlayFilled size={15} />}
          >
            Start training
          </Button>
        </div>
      </form>
    </Card>
  )
}

function Subject() {
  const model = useModel((s) => s.document.name)
  const dataset = useChosenDataset()
  return (
    <span title={dataset ? `${model} on ${dataset.name}` : model}>
      {dataset ? `${model} on ${dataset.name}` : model}
    </span>
  )
}

function Plan({ config }: { config: TrainConfig }) {
  const dataset = useChosenDataset()
  const analysis = useAnalysis(dataset)
  if (!dataset) return null
  const { batches, exact } = batchesOf(dataset, config)
  return (
    <p className={classes.plan}>
      <b>
        {exact ? '' : 'about '}
        {counted(batches * config.epochs, 'step')}
      </b>
      : {counted(dataset.trainCount, 'sample')} make {exact ? '' : 'about '}
      {counted(batches, 'batch', 'batches')}, seen{' '}
      {config.epochs === 1 ? 'once' : `${count(config.epochs)} times`}.
      {analysis.problems.length === 0 && <> The model has {counted(analysis.parameters, 'weight')}.</>}
    </p>
  )
}

/** Batches of an epoch; a guess where samples of many sizes share them. */
function batchesOf(dataset: Dataset, config: TrainConfig): { batches: number; exact: boolean } {
  const { trainCount, symbols, sampleShape } = dataset
  const symbolic = sampleShape.some((size) => typeof size === 'string')
  if (config.tokenBudget === null || !applies(dataset).tokenBudget)
    return { batches: Math.ceil(trainCount / config.batchSize), exact: sampleShape.length < 3 || !symbolic }
  const length = Object.values(symbols)[0]?.typical ?? Number(sampleShape[0])
  return {
    batches: Math.ceil(trainCount / Math.max(1, Math.floor(config.tokenBudget / length))),
    exact: !symbolic,
  }
}
