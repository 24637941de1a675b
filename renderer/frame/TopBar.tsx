/** What is open, what it is trained on, and the controls of a run. */
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp, IconDatabase } from '@tabler/icons-react'
import { ViewSwitch } from '../build/ViewSwitch.tsx'
import { OneBatchButton } from '../build/look/OneBatchButton.tsx'
import { SweepButton } from '../sweep/SweepButton.tsx'
import { CompareActions } from '../compare/CompareActions.tsx'
import type { Dataset } from '../../main/common/data/dataset.ts'
import { useChosenDataset } from '../state/datasets.ts'
import { isActive, useLive } from '../state/live.ts'
import { useHistory, useModel } from '../state/model.ts'
import { usePage } from '../state/pages.ts'
import { useRuns } from '../state/runs.ts'
import { RunControls } from '../train/RunControls.tsx'
import { sizeOf, thingsOf, totalOf } from '../data/describe.ts'
import { counted } from '../ui/format.ts'
import { LogoMark } from '../ui/LogoMark.tsx'
import classes from './App.module.css'
import { ModelName } from './ModelName.tsx'

export function TopBar() {
  const page = usePage((s) => s.page)
  const dataset = useChosenDataset()
  return (
    <header className={classes.top}>
      <div className={classes.logo} title="Tapedeck">
        <LogoMark />
      </div>
      {page === 'build' ? <ModelName /> : <Heading />}
      {dataset ? (
        <a className={classes.chip} href="#/data" title={dataset.path}>
          <span>{describe(dataset)}</span>
        </a>
      ) : (
        <a className={classes.chip} href="#/data">
          <IconDatabase size={13} aria-hidden />
          <span>no data chosen</span>
        </a>
      )}
      <div className={classes.actions}>
        {page === 'build' && <ViewSwitch />}
        {page === 'build' && <UndoRedo />}
        {page === 'build' && <OneBatchButton />}
        {page === 'compare' && <CompareActions />}
        {page === 'sweeps' && <SweepButton />}
        <RunControls />
      </div>
    </header>
  )
}

function describe(dataset: Dataset): string {
  return `${dataset.name} · ${counted(totalOf(dataset), thingsOf(dataset))} · ${sizeOf(dataset)}`
}

function Heading() {
  const page = usePage((s) => s.page)
  const model = useModel((s) => s.document.name)
  const runId = useLive((s) => s.live?.runId ?? null)
  const active = useLive((s) => isActive(s.live))
  const run = useRuns((s) => s.list?.find((one) => one.id === runId))
  const title =
    page === 'data'
      ? 'Data'
      : page === 'inspect'
        ? 'Inspect'
        : page === 'compare'
          ? 'Runs'
          : page === 'sweeps'
            ? 'Sweeps'
            : active
              ? (run?.name ?? `Run ${runId}`)
              : model
  return (
    <h1 className={classes.heading} title={title}>
      {title}
    </h1>
  )
}

function UndoRedo() {
  const { canUndo, canRedo, undo, redo } = useHistory()
  return (
    <>
      <Tooltip label="Undo (Ctrl+Z)">
        <ActionIcon aria-label="Undo" disabled={!canUndo} onClick={undo}>
          <IconArrowBackUp size={17} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Redo (Ctrl+Shift+Z)">
        <ActionIcon aria-label="Redo" disabled={!canRedo} onClick={redo}>
          <IconArrowForwardUp size={17} />
        </ActionIcon>
      </Tooltip>
      <span className={classes.separator} />
    </>
  )
}
