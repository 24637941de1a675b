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
  /** See setMemoryLimit; 0 when there is none. */
  limitBytes: number
}

/** Of the calling thread's memory on a device; bytes. */
export interface DeviceMemory {
  /** Held by tensors. */
  activeBytes: number
  peakBytes: number
  /** Kept for reuse. */
  cachedBytes: number
  /** Of the whole device, whoever holds the rest. */
  freeBytes: number
  totalBytes: number
  limitBytes: number
  /** Share of the last moments in which it computed, 0 to 1; null where it does not say. */
  busy: number | null
}

/** What the tensors that one op made hold. */
export interface MemoryHolder {
  /** `linear`, `linear backward`, or `other` outside of any op. */
  op: string
  activeBytes: number
  /** Since the last resetPeakMemory(). */
  peakBytes: number
  storages: number
}

export interface NativeInfo {
  version: string
  build: string
  instructionSet: string
  bfloat16: boolean
  oneDNN: string
  openMP: string
  threads: number
}

export interface NativeCuda {
  available: boolean
  reason: string
  name: string
  driver: string
  computeCapability: string
  libraries: string
  memoryBytes: number
}
