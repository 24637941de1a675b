import { Button, Tooltip } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { isActive, useLive } from '../../state/live.ts'
import { useObstacles } from '../../state/training.ts'
import { lookAtBatch, useLook } from './look.ts'

/** Runs one batch forward and backward and shows what every layer made of it. */
export function OneBatchButton() {
  const asking = useLook((s) => s.asking === 'batch')
  const training = useLive((s) => isActive(s.live))
  const [obstacle] = useObstacles()
  const why = training ? 'A run is training; stop it first.' : obstacle?.what
  return (
    <Tooltip
      label={
        why ?? 'Runs one batch forward and backward, updates nothing, and shows what every layer made of it'
      }
      maw={300}
    >
      <Button
        variant="default"
        leftSection={<IconEye size={15} />}
        loading={asking}
        aria-disabled={why ? true : undefined}
        data-blocked={why ? true : undefined}
        onClick={() => {
          if (!why) void lookAtBatch()
        }}
      >
        One batch
      </Button>
    </Tooltip>
  )
}
