/** The settings that the run trains with, and a way to change those that may be. */
import { Button } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import { setting } from '../../main/common/settings.ts'
import type { ConfiguredRun } from '../../main/common/ownRun.ts'
import { optimizerTitles, type Augmentation } from '../../main/common/training.ts'
import { useDatasets } from '../state/datasets.ts'
import { Card } from '../ui/Card.tsx'
import { count } from '../ui/format.ts'
import { RunChanges } from './RunChanges.tsx'
import { groups } from './setup/groups.ts'
import classes from './TrainPage.module.css'

interface RunSettingsProps {
  run: ConfiguredRun
  changing: boolean
  onChanging: (changing: boolean) => void
}

export function RunSettings({ run, changing, onChanging }: RunSettingsProps) {
  return (
    <Card
      title={`Run ${run.id}`}
      note={`${run.modelName} on ${run.datasetName}`}
      className={changing ? classes.setup : classes.settings}
      controls={
        !changing && (
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconAdjustmentsHorizontal size={14} />}
            title="Schedule, clipping, weight decay, batch size and epochs may be changed while it trains"
            onClick={() => onChanging(true)}
          >
            Change
          </Button>
        )
      }
    >
      {changing ? <RunChanges run={run} onClose={() => onChanging(false)} /> : <Facts run={run} />}
    </Card>
  )
}

function Facts({ run }: { run: ConfiguredRun }) {
  const { config } = run
  const dataset = useDatasets((s) => s.list?.find(({ id }) => id === run.datasetId) ?? null)
  const facts: readonly (readonly [string, string])[] = [
    ['optimizer', optimizerTitles[config.optimizer]],
    config.tokenBudget === null
      ? ['batch size', count(config.batchSize)]
      : ['token budget', count(config.tokenBudget)],
    ['rate', setting(config.learningRate)],
    ['weights', count(run.parameters)],
    ['epochs', count(config.epochs)],
    ['seed', String(config.seed)],
  ]
  // Seed and token budget are told above, and how images are changed in more words below.
  const more = Object.values(groups)
    .flatMap((group) => group.changed({ ...config, seed: 1, tokenBudget: null, augmentation: null }, dataset))
    .join('; ')
  const images = changesOf(config.augmentation)
  return (
    <>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {config.overfitBatch && (
        <p className={classes.previewNote}>On one batch only, to be learnt by heart.</p>
      )}
      {more !== '' && <p className={classes.previewNote}>{more}</p>}
      {images !== '' && <p className={classes.previewNote}>images changed: {images}</p>}
    </>
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
