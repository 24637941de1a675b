import type { Handle } from './handle.ts'

/** Entry points of native/src/node/hooks.cpp. A hook gets a fresh handle and answers with one, or 0. */
export interface HooksNative {
  registerHook(x: Handle, hook: (gradient: Handle) => Handle): number
  registerPostAccumulateGradHook(x: Handle, hook: (leaf: Handle) => Handle): number
  removeHook(number: number): void
  retainGrad(x: Handle): void
  checkpointBegin(inputs: readonly Handle[], again: (inputs: Handle[]) => void): void
  checkpointEnd(): void
  checkpointAbandon(): void
  inCheckpoint(): boolean
  setAnomaly(enabled: boolean, trace: (() => string) | undefined): boolean
}
