/** What can be done with a run that has ended: go on with it, or fork it at a checkpoint. */
import { Button, Menu } from '@mantine/core'
import { IconGitFork, IconPlayerPlayFilled } from '@tabler/icons-react'
import type { Checkpoint } from '../../main/common/training.ts'
import type { OwnRun } from '../../main/common/ownRun.ts'
import { useDatasets } from '../state/datasets.ts'
import { forkRun, resumeRun } from '../state/training.ts'
import { count } from '../ui/format.ts'

export function GoOn({ run }: { run: OwnRun }) {
  const { id, config, epochsDone, checkpoints, notFinite } = run
  const lower = config.learningRate / 10
  const samples = useDatasets(({ list }) => list?.find((one) => one.id === run.datasetId)?.trainCount)
  const tooLarge = run.error?.code === 'training/memory'
  const smaller = Math.floor(Math.min(config.batchSize, samples ?? Infinity) / 2)
  // Before the halted step the weights may have grown already: the newest checkpoint that is not its snapshot.
  const good = checkpoints.findLast(({ kind }) => kind !== 'halted') ?? null
  return (
    <>
      {notFinite ? (
        <Button
          leftSection={<IconPlayerPlayFilled size={14} />}
          onClick={() => void forkRun(id, good?.id ?? null, { learningRate: lower })}
        >
          Go back with a tenth of the rate
        </Button>
      ) : (
        epochsDone < config.epochs && (
          <Button
            variant={tooLarge ? 'default' : 'filled'}
            leftSection={<IconPlayerPlayFilled size={14} />}
            onClick={() => void resumeRun(id)}
          >
            Resume
          </Button>
        )
      )}
      {tooLarge && smaller > 0 && (
        <Button
          leftSection={<IconPlayerPlayFilled size={14} />}
          onClick={() => void forkRun(id, good?.id ?? null, { batchSize: smaller })}
        >
          Train with batches of {count(smaller)}
        </Button>
      )}
      {checkpoints.length > 0 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" leftSection={<IconGitFork size={15} />}>
              Fork
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={280} style={{ overflow: 'auto' }}>
            <Menu.Label>A new run that goes on from</Menu.Label>
            {checkpoints.toReversed().map((checkpoint) => (
              <Menu.Item
                key={checkpoint.id}
                disabled={checkpoint.epoch >= config.epochs}
                onClick={() => void forkRun(id, checkpoint.id)}
              >
                step {count(checkpoint.step)} · {names[checkpoint.kind]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  )
}

const names: Record<Checkpoint['kind'], string> = {
  best: 'best',
  last: 'last',
  step: 'on the way',
  change: 'before a change',
  halted: 'before it halted',
}
