import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/embedding.cpp. */
export interface EmbeddingNative {
  embedding(index: Handle, weight: Handle, padded: boolean, paddingIndex: number): Handle
}
