/** What plots of runs have in common while they are read: colours, going from run to run, ticking what is pointed at. */
import { useComputedColorScheme } from '@mantine/core'
import { useMemo } from 'react'
import { currentColours } from '../../charts/colours.ts'
import { tick, useRuns } from '../../state/runs.ts'
import { rampOf } from './colour.ts'

export interface PlotColours {
  /** Of where a run stands on an axis; NaN: nowhere. */
  ramp: (at: number) => string
  /** Of runs beside the brush. */
  out: string
  panel: string
  text: string
}

export function usePlotColours(): PlotColours {
  const scheme = useComputedColorScheme()
  return useMemo(() => {
    // The scheme is what the style sheet answers by.
    void scheme
    const colourOf = currentColours()
    return {
      ramp: rampOf(colourOf),
      out: colourOf('var(--td-line-strong)').css,
      panel: colourOf('var(--td-panel)').css,
      text: colourOf('var(--td-text)').css,
    }
  }, [scheme])
}

/** The run so many places from the one that is pointed at, the first where none is; null of no runs. */
export function walked(order: readonly number[], by: number): number | null {
  const { hovered } = useRuns.getState()
  const at = hovered === null ? -1 : order.indexOf(hovered)
  return order[at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + by))] ?? null
}

export function toggle(runId: number | null): void {
  if (runId !== null) tick(runId, !useRuns.getState().ticked.has(runId))
}
