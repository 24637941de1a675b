/** A tensor as the native engine knows it. 0 means none. */
export type Handle = number

/** Bytes are of native memory; objects are counted in the engine of the calling thread. */
export interface MemoryStats {
  activeBytes: number
  peakBytes: number
  cachedBytes: number
  liveTensors: number
  liveStorages: number
  liveNodes: number
  allocations: number
  systemAllocations: number
}

export interface NativeInfo {
  version: string
  build: string
  instructionSet: string
  oneDNN: string
  openMP: string
  threads: number
}
