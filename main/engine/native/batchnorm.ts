import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/batchnorm.cpp. */
export interface BatchNormNative {
  batchNorm(
    x: Handle,
    runningMean: Handle,
    runningVar: Handle,
    weight: Handle,
    bias: Handle,
    training: boolean,
    momentum: number,
    eps: number,
  ): Handle
}
