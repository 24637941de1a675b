import type { Handle } from './handle.ts'

/** Entry points of native/src/node/optim.cpp. Options are the numbers that `optim/group.ts` makes. */
export interface OptimNative {
  optimCreate(kind: number, params: readonly Handle[], options: Float64Array): number
  optimAddGroup(id: number, params: readonly Handle[], options: Float64Array): void
  optimSetOptions(id: number, group: number, options: Float64Array): void
  optimSetLr(id: number, group: number, lr: number): void
  optimStep(id: number): void
  /** Norm, 1 when skipped, then three sums of squares for each parameter when measured. */
  optimStepWith(
    id: number,
    scale: number,
    maxNorm: number,
    maxValue: number,
    norm: boolean,
    skipNonFinite: boolean,
    measure: boolean,
    later: boolean,
    witness: Handle,
  ): Float64Array
  /** Norm of the last step that did not wait, and how many were skipped. */
  optimOutcome(id: number): Float64Array
  optimDeviceOutcome(id: number): Handle
  optimZeroGrad(id: number): void
  optimState(id: number): [string[], Handle[]]
  optimSteps(id: number): Float64Array
  optimSetSteps(id: number, steps: Float64Array): void
  optimDispose(id: number): void
  clipGradNorm(params: readonly Handle[], maxNorm: number, infinityNorm: boolean): number
  clipGradValue(params: readonly Handle[], maxValue: number): void
  ema(params: readonly Handle[]): number
  emaUpdate(id: number, decay: number): void
  emaSwap(id: number): void
  emaShadows(id: number): Handle[]
  emaDispose(id: number): void
}
