/** What the page remembers between starts: choices about the view, never data. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import type { Figure, Part } from '../../main/common/health/figures.ts'
import { defaultTrainConfig, type TrainConfig } from '../../main/common/training.ts'

export type XAxis = 'step' | 'epoch' | 'time'
/** Of the curves of several runs: samples seen and the clock too. */
export type CompareX = XAxis | 'samples' | 'wall'

export interface CurveSmoothing {
  kind: 'ema' | 'mean' | 'median'
  /** Of the exponential average, 0 to below 1. */
  weight: number
  /** Of the other two: the share of the run that the window spans. */
  window: number
}

export interface Preferences {
  datasetId: string | null
  config: TrainConfig
  /** Groups of settings that are open. */
  openSettings: string[]
  logLoss: boolean
  /** The horizontal axis of the charts of the Train page. */
  trainX: XAxis
  trainLogX: boolean
  smoothing: number
  /** One chart each; where none was chosen, one that says something of the runs. */
  compareMetrics: string[]
  compareX: CompareX
  compareLog: boolean
  compareLogX: boolean
  compareSmoothing: CurveSmoothing
  /** Runs that belong together as one line with a band. */
  compareGrouped: boolean
  compareBand: 'std' | 'range'
  /** What the heat map of the Inspect page shows. */
  inspectFigure: Figure
  inspectPart: Part
  inspectView: 'ridge' | 'time'
  inspectPlace: 'health' | 'tape'
  /** Whether the memory curve of a tape shows what was there before the step too; `auto`: unless that hides the rest. */
  tapeMemory: 'auto' | 'step' | 'all'
  /** Thresholds of the rules of health that were changed, by rule. */
  thresholds: Record<string, number>
  set: (change: Partial<Omit<Preferences, 'set'>>) => void
}

export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      datasetId: null,
      config: defaultTrainConfig,
      openSettings: [],
      logLoss: false,
      trainX: 'step',
      trainLogX: false,
      smoothing: 0.9,
      compareMetrics: [],
      compareX: 'step',
      compareLog: false,
      compareLogX: false,
      compareSmoothing: { kind: 'ema', weight: 0.9, window: 0.02 },
      compareGrouped: false,
      compareBand: 'std',
      inspectFigure: 'updateRatio',
      inspectPart: 'gradients',
      inspectView: 'ridge',
      inspectPlace: 'health',
      tapeMemory: 'auto',
      thresholds: {},
      set: (change) => set(change),
    }),
    {
      name: 'tapedeck-preferences',
      version: 1,
      // Settings that came since they were written have their defaults.
      merge: (stored, current) => {
        const kept = (stored ?? {}) as Partial<Preferences>
        return { ...current, ...kept, config: { ...current.config, ...kept.config } }
      },
    },
  ),
)
