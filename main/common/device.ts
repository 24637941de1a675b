/** Devices in words: which one a run trains on, what a GPU is, and what to do where there is none. */
import type { EngineInfo } from './schemas.ts'
import type { DeviceChoice } from './training.ts'

export type Gpu = NonNullable<EngineInfo['cuda']['device']>

/** The GPU that a run with this choice trains on; null: the processor. */
export const gpuOf = (choice: DeviceChoice, { cuda }: Pick<EngineInfo, 'cuda'>): Gpu | null =>
  choice === 'cpu' || !cuda.available ? null : (cuda.device ?? null)

/** `NVIDIA H200, 139.8 GiB, compute capability 9.0, driver for CUDA 13.0, cuBLASLt 13.1.0, cuDNN 9.24.0` */
export function describeGpu({ name, memoryBytes, computeCapability, driver, libraries }: Gpu): string {
  const gib = (memoryBytes / 2 ** 30).toFixed(1)
  const whole = `${name}, ${gib} GiB, compute capability ${computeCapability}, driver for CUDA ${driver}`
  return libraries ? `${whole}, ${libraries}` : whole
}

/** What to do about the engine's reason why no GPU can be used. */
export function gpuMend(reason: string): string {
  if (/no CUDA part/.test(reason))
    return 'With an NVIDIA GPU: install the CUDA toolkit, then run "cmake -S native -B native/build -DTAPE_CUDA=ON" and "cmake --build native/build --target tape_cuda".'
  if (/no NVIDIA driver/.test(reason))
    return 'With an NVIDIA GPU: install its driver (Debian: apt install nvidia-driver), then start Tapedeck again.'
  if (/build both from the same source/.test(reason))
    return 'Run "cmake --build native/build", then start Tapedeck again.'
  if (/compute capability|on macOS/.test(reason)) return ''
  return 'Look whether "nvidia-smi" lists the GPU, and whether CUDA_VISIBLE_DEVICES hides it.'
}
