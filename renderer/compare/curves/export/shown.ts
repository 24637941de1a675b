/** What the curves show at this moment, for whoever takes it out of the page. Null while no curve is drawn. */
import { create } from 'zustand'
import type { Domain } from '../../../charts/ticks.ts'
import type { CompareX, CurveSmoothing } from '../../../state/preferences.ts'
import type { Curve } from '../curve.ts'

export interface ShownPanel {
  metric: string
  curves: readonly Curve[]
  /** Hard limits of the quantity, such as 0 and 1 for accuracy. */
  bounds?: Domain
}

export interface Shown {
  panels: readonly ShownPanel[]
  x: CompareX
  xDomain: Domain
  logX: boolean
  logY: boolean
  smoothing: CurveSmoothing
  band: 'std' | 'range' | null
  /** How many runs and points, and how they are drawn. */
  statement: string
}

export const useShown = create<{ shown: Shown | null }>(() => ({ shown: null }))
