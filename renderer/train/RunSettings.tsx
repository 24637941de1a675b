/** The settings that the run trains with. */
import { optimizerTitles, type Augmentation } from '../../main/common/training.ts'
import { type Run } from '../../main/common/schemas.ts'
import { Card } from '../ui/Card.tsx'
import { count } from '../ui/format.ts'
import { setting } from '../../main/common/settings.ts'
import classes from './TrainPage.module.css'

export function RunSettings({ run }: { run: Run }) {
  const { config } = run
  const facts: readonly (readonly [string, string])[] = [
    ['optimizer', optimizerTitles[config.optimizer]],
    config.tokenBudget === null
      ? ['batch size', count(config.batchSize)]
      : ['token budget', count(config.tokenBudget)],
    ['rate', setting(config.learningRate)],
    ['weights', count(run.parameters)],
    ...(config.optimizer === 'sgd' ? ([['momentum', setting(config.momentum)]] as const) : []),
    ['decay', setting(config.weightDecay)],
    ['seed', String(config.seed)],
    ...(config.balance === 'none' ? [] : ([['balance', config.balance]] as const)),
  ]
  const changes = changesOf(config.augmentation)
  return (
    <Card
      title={`Run ${run.id}`}
      note={`${run.modelName} on ${run.datasetName}`}
      className={classes.settings}
    >
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {changes !== '' && <p className={classes.previewNote}>images changed: {changes}</p>}
    </Card>
  )
}

/** "mirrored, shift 0.1, rotate 15"; empty where nothing is changed. */
function changesOf(augmentation: Augmentation | null): string {
  if (!augmentation) return ''
  const { flip, ...sizes } = augmentation
  const changed = Object.entries(sizes).filter(([, size]) => size > 0)
  return [...(flip ? ['mirrored'] : []), ...changed.map(([name, size]) => `${name} ${setting(size)}`)].join(
    ', ',
  )
}
