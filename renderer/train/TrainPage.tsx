/** Train: the progress of the run, its charts, its layers; the settings of the next run while none trains. */
import { useState } from 'react'
import { isActive, useLive } from '../state/live.ts'
import { useRunDetail } from '../state/useRunDetail.ts'
import { ChartPair } from './ChartPair.tsx'
import { LayerHealthCard } from './LayerHealthCard.tsx'
import { NotFiniteCard } from './NotFiniteCard.tsx'
import { RunBar } from './RunBar.tsx'
import { RunSettings } from './RunSettings.tsx'
import { SetupForm } from './setup/SetupForm.tsx'
import { SmallCharts } from './SmallCharts.tsx'
import classes from './TrainPage.module.css'

export function TrainPage() {
  const runId = useLive((s) => s.live?.runId ?? null)
  const active = useLive((s) => isActive(s.live))
  // Events and totals change when something was done to it, an epoch ends or the run ends: not at every step.
  const revision = useLive(({ live }) => (live ? `${live.status} ${live.storedEvents} ${live.epoch}` : ''))
  const detail = useRunDetail(runId, revision)
  const notFinite = detail?.id === runId ? (detail?.notFinite ?? null) : null
  const [changedRun, setChangedRun] = useState<number | null>(null)
  const changing = active && changedRun === runId
  const halted = detail && notFinite && !active ? { ...detail, notFinite } : null
  return (
    <div className={classes.page} data-idle={runId === null || undefined}>
      {runId !== null && <RunBar detail={detail} />}
      <ChartPair runId={runId} detail={detail} />
      <div className={classes.side}>
        {halted && <NotFiniteCard run={halted} report={halted.notFinite} />}
        {!active && <SetupForm />}
        {runId !== null && !halted && !changing && (
          <LayerHealthCard runId={runId} detail={detail} compact={!active} />
        )}
        {active && detail && (
          <RunSettings
            run={detail}
            changing={changing}
            onChanging={(on) => setChangedRun(on ? detail.id : null)}
          />
        )}
      </div>
      {runId !== null && <SmallCharts runId={runId} />}
    </div>
  )
}
