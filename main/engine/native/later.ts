import type { Handle } from './handle.ts'

/** Entry points of native/src/node/later.cpp; values on their way are numbers. */
export interface LaterNative {
  later(from: Handle): number
  laterArrived(id: number): boolean
  laterTake(id: number): Handle
  laterDispose(id: number): void
}
