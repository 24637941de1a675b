/** The public face of the engine: PyTorch's vocabulary over native tensors. */
import * as creation from './creation.ts'
import { grad as plainGrad } from './autograd.ts'
import { setDeviceOptions as plainSetDeviceOptions } from './precision.ts'
import { bring as plainBring } from './bring.ts'
import { guard } from './guard.ts'
import * as info from './info.ts'
import * as joining from './joining.ts'
import * as watch from './watch.ts'

export const {
  arange,
  bernoulli,
  eye,
  fromFile,
  full,
  fullLike,
  linspace,
  manualSeed,
  multinomial,
  ones,
  onesLike,
  rand,
  randLike,
  randint,
  randn,
  randnLike,
  randperm,
  rngState,
  setRngState,
  tensor,
  zeros,
  zerosLike,
} = guard(creation)
export type { Nested, RngState, TensorOptions } from './creation.ts'
export const { cat, stack } = guard(joining)
export { Tensor } from './tensor.ts'
export type { HookHandle } from './tensor.ts'
export type { DType } from './dtype.ts'
export { keep, scope } from './scope.ts'
export { enableGrad, isGradEnabled, noGrad } from './autograd.ts'
export const { grad } = guard({ grad: plainGrad })
export { detectAnomaly } from './anomaly.ts'
export { checkpoint } from './checkpoint.ts'
export type { ErrorCode } from './error.ts'
export { Function, FunctionContext } from './function.ts'
export { gradcheck, gradgradcheck } from './gradcheck.ts'
export type { GradcheckOptions, GradgradcheckOptions } from './gradcheck.ts'
export const {
  cudaInfo,
  deviceMemory,
  emptyCache,
  engineInfo,
  liveTensors,
  memoryHolders,
  memoryOn,
  memoryStats,
  norms,
  resetPeakMemory,
  setMemoryLimit,
  setThreads,
} = guard(info)
export type { CudaInfo, EngineInfo } from './info.ts'
export type { DeviceMemory, MemoryHolder, MemoryStats } from './addon.ts'
export type { Device } from './device.ts'
export { autocast, autocastDtype } from './precision.ts'
export const { setDeviceOptions } = guard({ setDeviceOptions: plainSetDeviceOptions })
export { F } from './functional.ts'
export const { histogram, sampleLength, sampleStatistics, silentUnits } = guard(watch)
export type { SampleStatistics } from './watch.ts'
export type { LstmResult, RecurrentResult, RecurrentWeights } from './functional.ts'
export { StepGraph } from './stepGraph.ts'
export const { bring } = guard({ bring: plainBring })
export { Later } from './later.ts'
export { profile } from './profile.ts'
export { heldBytes, journal, journalEvents } from './journal.ts'
export type { Journal, JournalInput, JournalNode, JournalShape, Mark } from './journal.ts'
export type { ProfileRow } from './profile.ts'
export * as optim from './optim/index.ts'
export type { OptimizerState } from './optim/index.ts'
