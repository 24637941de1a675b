import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/pad.cpp; modes are numbers, a scale of 0 means size is given. */
export interface PadNative {
  pad(x: Handle, amounts: readonly number[], mode: number, value: number): Handle
  interpolate(
    x: Handle,
    size: readonly number[],
    scaleHeight: number,
    scaleWidth: number,
    mode: number,
    alignCorners: boolean,
  ): Handle
}
