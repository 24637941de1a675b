/** What the upper left of the Compare page can show: one tab, one line. */
import type { ComponentType } from 'react'
import type { Run } from '../../main/common/schemas.ts'
import { CurvesCard } from './curves/CurvesCard.tsx'
import { ParallelCard } from './plots/ParallelCard.tsx'
import { ScatterCard } from './plots/ScatterCard.tsx'

interface Plot {
  id: string
  title: string
  /** Gets all runs that are not in the bin, newest first. */
  View: ComponentType<{ runs: readonly Run[] }>
}

export const plots: readonly [Plot, ...Plot[]] = [
  { id: 'curves', title: 'Curves', View: CurvesCard },
  { id: 'parallel', title: 'Parallel coordinates', View: ParallelCard },
  { id: 'scatter', title: 'Scatter', View: ScatterCard },
]
