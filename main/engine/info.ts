import { native } from './addon.ts'
import type { DeviceMemory, MemoryHolder, MemoryStats } from './addon.ts'
import { numberOf, type Device } from './device.ts'
import type { Tensor } from './tensor.ts'

export interface EngineInfo {
  version: string
  /** Compiler and kind of build. */
  build: string
  /** Of the kernels in use, chosen at run time: SSE2, AVX2, AVX-512 or NEON. */
  instructionSet: string
  /** Whether the processor multiplies in 16 bits by instructions of its own, so that `autocast` is faster. */
  bfloat16: boolean
  threads: number
  /** Version of oneDNN, or null when built without. */
  oneDNN: string | null
  cuda: CudaInfo
}

export interface CudaInfo {
  available: boolean
  /** Why there is no device to be used; empty when there is one. */
  reason: string
  device?: {
    name: string
    /** Newest version of CUDA that the driver knows. */
    driver: string
    computeCapability: string
    memoryBytes: number
    /** `cuBLASLt 13.1.0, cuDNN 9.24.0`, or what is missing and what is done instead. */
    libraries: string
  }
}

export function engineInfo(): EngineInfo {
  const { version, build, instructionSet, bfloat16, threads, oneDNN } = native.engineInfo()
  return { version, build, instructionSet, bfloat16, threads, oneDNN: oneDNN || null, cuda: cudaInfo() }
}

/** The GPU found on this machine, or why none can be used. Starts nothing on it. */
export function cudaInfo(): CudaInfo {
  const { available, reason, ...device } = native.cudaInfo()
  return available ? { available, reason, device } : { available, reason }
}

/**
 * Threads the calling thread's engine uses; results are the same bits for the same number. Until it is set:
 * OMP_NUM_THREADS of the environment, else one for each physical core that the process may use (hardware threads
 * do not count, affinity and a container's quota do).
 */
export function setThreads(threads: number): void {
  native.setThreads(threads)
}

/** Tensor handles alive in this thread's engine: the leak test. */
export function liveTensors(): number {
  return native.liveTensors()
}
export function memoryStats(): MemoryStats {
  return native.memoryStats()
}
/** Of this thread's memory on a GPU, and of the whole GPU. @throws TAPE_DEVICE where there is none */
export function deviceMemory(device: Exclude<Device, 'cpu'>): DeviceMemory {
  const { busyPercent, ...memory } = native.deviceMemoryStats(numberOf(device))
  return { ...memory, busy: busyPercent < 0 ? null : busyPercent / 100 }
}
/** What this thread holds on a device: its tensors there, their peak, and what is kept for reuse. */
export function memoryOn(device: Device): Pick<MemoryStats, 'activeBytes' | 'peakBytes' | 'cachedBytes'> {
  return device === 'cpu' ? memoryStats() : deviceMemory(device)
}
/** Peaks, also of a GPU in use, start again from what is held. */
export function resetPeakMemory(): void {
  native.resetPeakMemory()
}
/**
 * Who holds native memory: bytes by the op that made them, greatest holder first. Between two calls of
 * resetPeakMemory(), around a step for example, `peakBytes` is the most that op's results held at a time.
 */
export function memoryHolders(device: Device = 'cpu'): MemoryHolder[] {
  return device === 'cpu' ? native.memoryHolders() : native.deviceMemoryHolders(numberOf(device))
}
/**
 * Most bytes, in use and cached, that this thread's engine may hold; 0 for no limit. An op that needs more
 * throws an Error with the code TAPE_MEMORY that names the largest holders, as when the system refuses.
 */
export function setMemoryLimit(bytes: number, device: Device = 'cpu'): void {
  if (device === 'cpu') native.setMemoryLimit(bytes)
  else native.setDeviceMemoryLimit(numberOf(device), bytes)
}
/** Gives cached blocks back to the system. */
export function emptyCache(device: Device = 'cpu'): void {
  if (device === 'cpu') native.emptyCache()
  else native.emptyDeviceCache(numberOf(device))
}

/** L2 norm of each tensor, in one native call. */
export function norms(tensors: readonly Tensor[]): Float64Array {
  return native.norms(tensors.map((tensor) => tensor.id))
}
