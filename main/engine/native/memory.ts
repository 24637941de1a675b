import type { DeviceMemory, MemoryHolder } from './handle.ts'

/** Entry points of native/src/node/memory.cpp. */
export interface MemoryNative {
  memoryHolders(): MemoryHolder[]
  setMemoryLimit(bytes: number): void
  deviceMemoryHolders(device: number): MemoryHolder[]
  deviceMemoryStats(device: number): DeviceMemory
  setDeviceMemoryLimit(device: number, bytes: number): void
  emptyDeviceCache(device: number): void
}
