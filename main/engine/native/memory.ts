import type { MemoryHolder } from './handle.ts'

/** Entry points of native/src/node/memory.cpp. */
export interface MemoryNative {
  memoryHolders(): MemoryHolder[]
  setMemoryLimit(bytes: number): void
}
