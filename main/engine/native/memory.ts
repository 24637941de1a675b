import type { DeviceMemory, MemoryHolder } from './handle.ts'

/** Entry points of native/src/node/memory.cpp. */
export interface MemoryNative {
  memoryHolders(): MemoryHolder[]
  setMemoryLimit(bytes: number): void
  deviceMemoryHolders(device: number): MemoryHolder[]
  /** `busyPercent` is -1 where it is not known. */
  deviceMemoryStats(device: number): Omit<DeviceMemory, 'busy'> & { busyPercent: number }
  setDeviceMemoryLimit(device: number, bytes: number): void
  emptyDeviceCache(device: number): void
}
