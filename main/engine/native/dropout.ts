import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/dropout.cpp. */
export interface DropoutNative {
  dropout(x: Handle, p: number, training: boolean): Handle
}
