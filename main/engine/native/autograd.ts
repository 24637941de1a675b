import type { Handle } from './handle.ts'

/** Entry points of native/src/node/autograd.cpp. */
export interface AutogradNative {
  requiresGrad(x: Handle): boolean
  setRequiresGrad(x: Handle, value: boolean): void
  isLeaf(x: Handle): boolean
  detach(x: Handle): Handle
  detach_(x: Handle): void
  gradFnName(x: Handle): string
  gradHandle(x: Handle, cached: Handle): Handle
  setGrad(x: Handle, gradient: Handle): void
  gradEnabled(): boolean
  setGradEnabled(enabled: boolean): boolean
  backward(outputs: readonly Handle[], grads: readonly Handle[], retain: boolean, create: boolean): void
  grad(
    outputs: readonly Handle[],
    inputs: readonly Handle[],
    grads: readonly Handle[],
    retain: boolean,
    create: boolean,
    allowUnused: boolean,
  ): Handle[]
}
