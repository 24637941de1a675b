import type { Handle } from './handle.ts'

/** Entry points of native/src/node/function.cpp. */
export interface FunctionNative {
  recordFunction(
    name: string,
    inputs: readonly Handle[],
    positions: readonly number[],
    outputs: readonly Handle[],
    differentiable: readonly number[],
    dirty: readonly Handle[],
    saved: readonly Handle[],
    flags: number,
    callback: (saved: Handle[], grads: Handle[]) => Handle[],
  ): void
}
