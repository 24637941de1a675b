/** Train, Pause, Resume, Stop: the same buttons on every page. */
import { Button, Menu, Tooltip } from '@mantine/core'
import {
  IconChevronDown,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipForwardFilled,
  IconPlayerStopFilled,
} from '@tabler/icons-react'
import { isActive, useLive } from '../state/live.ts'
import {
  pauseTraining,
  resumeTraining,
  stepTraining,
  stopAfterEpoch,
  stopTraining,
  useStarting,
} from '../state/training.ts'
import classes from '../frame/App.module.css'
import { RunStatus } from '../ui/RunStatus.tsx'
import { useTrainAction } from './useTrainAction.ts'

export function RunControls() {
  const runId = useLive((s) => (isActive(s.live) ? (s.live?.runId ?? null) : null))
  const status = useLive((s) => s.live?.status)
  const stopsAfterEpoch = useLive((s) => s.live?.stopsAfterEpoch ?? false)
  if (runId === null) return <TrainButton />
  return (
    <>
      {status && (
        <span className={classes.chip}>
          <RunStatus status={status} />
        </span>
      )}
      {status === 'paused' ? (
        <>
          <Button leftSection={<IconPlayerPlayFilled size={14} />} onClick={() => void resumeTraining(runId)}>
            Resume
          </Button>
          <Tooltip label="Makes one step and pauses again.">
            <Button
              variant="default"
              leftSection={<IconPlayerSkipForwardFilled size={14} />}
              onClick={() => void stepTraining(runId)}
            >
              Step
            </Button>
          </Tooltip>
        </>
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
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={6} aria-label="More ways to stop">
            <IconChevronDown size={14} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void stopTraining(runId)}>Stop after this step</Menu.Item>
          <Menu.Item disabled={stopsAfterEpoch} onClick={() => void stopAfterEpoch(runId)}>
            {stopsAfterEpoch ? 'Stops after this epoch' : 'Stop after this epoch'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
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
