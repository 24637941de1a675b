/** Inspect: which layers learn over the whole run, and what one step did, node by node. */
import { Button, SegmentedControl, Select } from '@mantine/core'
import { IconActivityHeartbeat } from '@tabler/icons-react'
import { isActive, useLive } from '../state/live.ts'
import { goTo } from '../state/pages.ts'
import { usePreferences } from '../state/preferences.ts'
import { useRuns } from '../state/runs.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { HealthView } from './HealthView.tsx'
import { chooseRun, useShownRun } from './inspect.ts'
import classes from './Inspect.module.css'
import { chooseTape } from './tape/tape.ts'
import { TapeControls, TapeView } from './tape/TapeView.tsx'

export function InspectPage() {
  const runId = useShownRun()
  const tape = usePreferences((s) => s.inspectPlace === 'tape')
  const set = usePreferences((s) => s.set)
  if (runId === null) return <NoRun />
  return (
    <div className={classes.page}>
      <div className={classes.bar}>
        <SegmentedControl
          aria-label="What is inspected"
          value={tape ? 'tape' : 'health'}
          data={[
            { value: 'health', label: 'Gradient health' },
            { value: 'tape', label: 'Tape' },
          ]}
          onChange={(value) => set({ inspectPlace: value === 'tape' ? 'tape' : 'health' })}
        />
        <div className={classes.choices}>
          {tape && <TapeControls runId={runId} />}
          <RunPicker runId={runId} />
        </div>
      </div>
      {tape ? <TapeView runId={runId} /> : <HealthView runId={runId} />}
    </div>
  )
}

function RunPicker({ runId }: { runId: number }) {
  const runs = useRuns((s) => s.list)
  const live = useLive((s) => (isActive(s.live) ? (s.live?.runId ?? null) : null))
  return (
    <Select
      aria-label="Run"
      w={160}
      value={String(runId)}
      data={(runs ?? []).map(({ id, name }) => ({ value: String(id), label: `${id}  ${name}` }))}
      // The run in training is followed again once it is picked, so the next one will be too.
      onChange={(value) => {
        if (!value) return
        chooseRun(Number(value) === live ? null : Number(value))
        chooseTape(null)
      }}
      comboboxProps={{ width: 320, position: 'bottom-end' }}
    />
  )
}

function NoRun() {
  return (
    <div className={classes.empty}>
      <EmptyState
        icon={<IconActivityHeartbeat size={36} stroke={1.4} />}
        title="No run to look into yet"
        action={<Button onClick={() => goTo('train')}>Go to Train</Button>}
      >
        While a model trains, every layer is looked at every 20 steps (rarer where steps are tiny): how large
        its updates are beside its weights, which units are dead or saturated, how weights, gradients and
        activations are spread. Here you see over time which layers learn, and read in words what keeps the
        others from it.
      </EmptyState>
    </div>
  )
}
