import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/indexing.cpp. */
export interface IndexingNative {
  indexSelect(x: Handle, dim: number, index: Handle): Handle
}
