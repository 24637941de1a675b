import type { Handle } from './handle.ts'

/** Entry points of native/src/node/optim.cpp. */
export interface OptimNative {
  optimSgd(params: readonly Handle[], lr: number, momentum: number, nesterov: boolean, decay: number): number
  optimAdam(
    params: readonly Handle[],
    lr: number,
    beta1: number,
    beta2: number,
    eps: number,
    decay: number,
    decoupled: boolean,
  ): number
  optimStep(id: number): void
  optimZeroGrad(id: number): void
  optimLr(id: number): number
  optimSetLr(id: number, lr: number): void
  optimSteps(id: number): number
  optimSetSteps(id: number, steps: number): void
  optimState(id: number): [string[], Handle[]]
  optimDispose(id: number): void
}
