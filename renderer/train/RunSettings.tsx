/** The settings that the run was started with. */
import { optimizerTitles, type Run } from '../../main/common/schemas.ts'
import { Card } from '../ui/Card.tsx'
import { count } from '../ui/format.ts'
import { setting } from '../../main/common/settings.ts'
import classes from './TrainPage.module.css'

export function RunSettings({ run }: { run: Run }) {
  const { config } = run
  const facts: readonly (readonly [string, string])[] = [
    ['optimizer', optimizerTitles[config.optimizer]],
    ['batch size', count(config.batchSize)],
    ['started at', setting(config.learningRate)],
    ['weights', count(run.parameters)],
    ...(config.optimizer === 'sgd' ? ([['momentum', setting(config.momentum)]] as const) : []),
    ['decay', setting(config.weightDecay)],
    ['seed', String(config.seed)],
  ]
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
    </Card>
  )
}
