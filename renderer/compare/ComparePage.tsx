/** Compare: ticked runs drawn over each other, what differs between them, and the table of all runs. */
import { Button } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconChartBar } from '@tabler/icons-react'
import { useEffect } from 'react'
import { metrics, type Run } from '../../main/common/schemas.ts'
import { useKeptTicks } from '../state/keptTicks.ts'
import { goTo } from '../state/pages.ts'
import { tickOnly, useRuns } from '../state/runs.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import type { PathDrop } from '../ui/usePathDrop.ts'
import { Splitter } from '../ui/Splitter.tsx'
import classes from './ComparePage.module.css'
import { DifferencesCard } from './differences/DifferencesCard.tsx'
import { useRunDrop } from './exchange/useRunDrop.ts'
import { useCompareLayout } from './layout.ts'
import { PlotArea } from './PlotArea.tsx'
import { useGrid } from './table/grid.ts'
import { OpenBin } from './table/OpenBin.tsx'
import { RunsTable } from './table/RunsTable.tsx'

/** Two runs are what a person came to compare: the newest are ticked where nobody ever ticked any. */
let suggested = false

export function ComparePage() {
  const list = useRuns((s) => s.list)
  const kept = useKeptTicks((s) => s.kept)
  const drop = useRunDrop()
  useEffect(() => {
    if (suggested || kept === null || !list || list.length === 0) return
    suggested = true
    if (kept) return
    const { ticked } = useRuns.getState()
    const drawable = list.filter(
      (run) => !ticked.has(run.id) && run.summaries[metrics.batchLoss] !== undefined,
    )
    tickOnly([...ticked, ...drawable.slice(0, Math.max(0, 2 - ticked.size)).map((run) => run.id)])
  }, [list, kept])

  const bin = useGrid((s) => s.bin)
  if (list === null) return null
  if (list.length === 0 && bin)
    return (
      <div className={classes.page}>
        <RunsTable runs={list} />
      </div>
    )
  if (list.length === 0)
    return (
      <div className={classes.empty} data-over={drop.over || undefined} {...drop.handlers}>
        <EmptyState
          icon={<IconChartBar size={40} stroke={1.2} />}
          title="No runs yet"
          action={
            <>
              <Button onClick={() => goTo('train')}>Go to Train</Button>
              <OpenBin />
            </>
          }
        >
          Every run is kept here with its settings, its model and its curves. Train twice with one thing
          changed, then lay the two over each other. Runs of PyTorch, TensorFlow and other tools come in with
          Import, at the top.
        </EmptyState>
      </div>
    )
  return <Parts runs={list} drop={drop} />
}

/** Pixels that each part keeps. */
const least = { plot: 480, differences: 260, upper: 150, table: 140 }
/** Of a splitter with its margins. */
const gap = 9

function Parts({ runs, drop }: { runs: readonly Run[]; drop: PathDrop }) {
  const { differences, table, set } = useCompareLayout()
  const { ref, width, height } = useElementSize()
  const widest = Math.max(least.differences, width - least.plot - gap)
  const tallest = Math.max(least.table, height - least.upper - gap)
  const columnWidth = Math.min(widest, Math.max(least.differences, differences))
  const tableHeight = Math.min(tallest, Math.max(least.table, Math.round(table * height)))
  return (
    <div
      ref={ref}
      className={classes.page}
      data-over={drop.over || undefined}
      {...drop.handlers}
      style={{
        gridTemplate: `minmax(0, 1fr) ${gap}px ${tableHeight}px / minmax(0, 1fr) ${gap}px ${columnWidth}px`,
      }}
    >
      <PlotArea runs={runs} />
      <Splitter
        label="Width of what differs"
        size={columnWidth}
        smallest={least.differences}
        largest={widest}
        growsBack
        quiet
        onChange={(size) => set({ differences: size })}
      />
      <DifferencesCard runs={runs} />
      <div className={classes.across}>
        <Splitter
          label="Height of the table"
          orientation="horizontal"
          size={tableHeight}
          smallest={least.table}
          largest={tallest}
          growsBack
          quiet
          onChange={(size) => set({ table: size / height })}
        />
      </div>
      <RunsTable runs={runs} />
    </div>
  )
}
