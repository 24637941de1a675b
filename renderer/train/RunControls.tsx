/** Train, Pause, Resume, Stop: the same buttons on every page. */
import { Button, Tooltip } from '@mantine/core'
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react'
import { isActive, useLive } from '../state/live.ts'
import { pauseTraining, resumeTraining, stopTraining, useStarting } from '../state/training.ts'
import classes from '../frame/App.module.css'
import { RunStatus } from '../ui/RunStatus.tsx'
import { useTrainAction } from './useTrainAction.ts'

export function RunControls() {
  const runId = useLive((s) => (isActive(s.live) ? (s.live?.runId ?? null) : null))
  const status = useLive((s) => s.live?.status)
  if (runId === null) return <TrainButton />
  return (
    <>
      {status && (
        <span className={classes.chip}>
          <RunStatus status={status} />
        </span>
      )}
      {status === 'paused' ? (
        <Button leftSection={<IconPlayerPlayFilled size={14} />} onClick={() => void resumeTraining(runId)}>
          Resume
        </Button>
      ) : (
        <Button
          variant="default"
          leftSection={<IconPlayerPauseFilled size={14} />}
          onClick={() => void pauseTraining(runId)}
        >
          Pause
        </Button>
      )}
      <Tooltip label="Ends the run here. What it has learned is kept.">
        <Button
          variant="default"
          leftSection={<IconPlayerStopFilled size={14} />}
          onClick={() => void stopTraining(runId)}
        >
          Stop
        </Button>
      </Tooltip>
    </>
  )
}

function TrainButton() {
  const { obstacles, train } = useTrainAction()
  const starting = useStarting((s) => s.starting)
  const [obstacle] = obstacles
  return (
    <Tooltip label={obstacle?.what ?? ''} disabled={!obstacle} maw={320}>
      <Button
        onClick={train}
        loading={starting}
        leftSection={<IconPlayerPlayFilled size={14} />}
        variant={obstacle ? 'default' : 'filled'}
        aria-disabled={obstacle ? true : undefined}
        data-blocked={obstacle ? true : undefined}
        rightSection={
          <kbd className={classes.key} aria-hidden>
            Ctrl ↵
          </kbd>
        }
      >
        Train
      </Button>
    </Tooltip>
  )
}
