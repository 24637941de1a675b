/** The settings that may be changed while a run trains; the learning rate itself stands in the bar above the charts. */
import { Button } from '@mantine/core'
import { useCallback, useState } from 'react'
import type { ConfiguredRun } from '../../main/common/ownRun.ts'
import type { TrainChanges, TrainConfig } from '../../main/common/training.ts'
import { useDatasets } from '../state/datasets.ts'
import { useLive } from '../state/live.ts'
import { changeTraining } from '../state/training.ts'
import { NumberField } from './setup/NumberField.tsx'
import { numbers } from './setup/numbers.ts'
import { workOf } from './setup/plan.ts'
import { ScheduleFields } from './setup/ScheduleFields.tsx'
import { withOrWithout } from './setup/SettingGroup.tsx'
import classes from './TrainPage.module.css'

interface RunChangesProps {
  run: ConfiguredRun
  onClose: () => void
}

export function RunChanges({ run, onClose }: RunChangesProps) {
  const [draft, setDraft] = useState<TrainChanges>({})
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set())
  const dataset = useDatasets((s) => s.list?.find(({ id }) => id === run.datasetId))
  const planned = useLive((s) => s.live?.totalSteps ?? 0)
  const mark = useCallback(
    (key: string, bad: boolean) => setWrong((before) => withOrWithout(before, key, bad)),
    [],
  )
  const config = { ...run.config, ...draft } as TrainConfig
  const set = (part: TrainChanges): void => setDraft((before) => ({ ...before, ...part }))
  const work = dataset ? workOf(dataset, config) : null
  const different = Object.entries(draft).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(run.config[key as keyof TrainConfig]),
  )
  const apply = async (): Promise<void> => {
    if (await changeTraining(run.id, Object.fromEntries(different))) onClose()
  }
  return (
    <form
      className={classes.changes}
      aria-label="Change the run"
      onSubmit={(event) => {
        event.preventDefault()
        if (different.length > 0 && wrong.size === 0) void apply()
      }}
    >
      <div className={classes.scroll}>
        <div className={classes.fields}>
          <ScheduleFields
            value={config.schedule}
            learningRate={config.learningRate}
            work={work && draft.epochs === undefined && planned > 0 ? { steps: planned, exact: true } : work}
            onChange={(schedule) => set({ schedule })}
            mark={mark}
          />
          <NumberField
            setting={numbers.clipNorm}
            value={config.clipNorm}
            onValue={(clipNorm) => set({ clipNorm })}
            mark={mark}
          />
          <NumberField
            setting={numbers.clipValue}
            value={config.clipValue}
            onValue={(clipValue) => set({ clipValue })}
            mark={mark}
          />
          <NumberField
            setting={numbers.weightDecay}
            value={config.weightDecay}
            onValue={(weightDecay) => set({ weightDecay: weightDecay ?? 0 })}
            mark={mark}
          />
          {config.tokenBudget === null && (
            <NumberField
              setting={numbers.batchSize}
              help="From the next epoch on."
              value={config.batchSize}
              onValue={(batchSize) => batchSize !== null && set({ batchSize })}
              mark={mark}
            />
          )}
          <NumberField
            setting={numbers.epochs}
            value={config.epochs}
            onValue={(epochs) => epochs !== null && set({ epochs })}
            mark={mark}
          />
        </div>
      </div>
      <div className={classes.changeFoot}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={different.length === 0 || wrong.size > 0}>
          Apply from the next step
        </Button>
      </div>
    </form>
  )
}
