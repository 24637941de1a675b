/** The public face of the engine: PyTorch's vocabulary over native tensors. */
export {
  arange,
  fromFile,
  full,
  manualSeed,
  ones,
  rand,
  randn,
  randperm,
  rngState,
  setRngState,
} from './creation.ts'
export { tensor, zeros } from './creation.ts'
export type { Nested, RngState, TensorOptions } from './creation.ts'
export { Tensor } from './tensor.ts'
export type { HookHandle } from './tensor.ts'
export type { DType } from './dtype.ts'
export { keep, scope } from './scope.ts'
export { enableGrad, grad, isGradEnabled, noGrad } from './autograd.ts'
export { detectAnomaly } from './anomaly.ts'
export { checkpoint } from './checkpoint.ts'
export type { ErrorCode } from './error.ts'
export { Function, FunctionContext } from './function.ts'
export { gradcheck, gradgradcheck } from './gradcheck.ts'
export type { GradcheckOptions, GradgradcheckOptions } from './gradcheck.ts'
export {
  emptyCache,
  engineInfo,
  liveTensors,
  memoryHolders,
  memoryStats,
  norms,
  resetPeakMemory,
  setMemoryLimit,
  setThreads,
} from './info.ts'
export type { EngineInfo } from './info.ts'
export type { MemoryHolder, MemoryStats } from './addon.ts'
export { autocast, autocastDtype } from './precision.ts'
export { F } from './functional.ts'
export type { LstmResult, RecurrentResult, RecurrentWeights } from './functional.ts'
export { profile } from './profile.ts'
export type { ProfileRow } from './profile.ts'
export * as optim from './optim.ts'
export type { OptimizerState } from './optim.ts'
export * as optim from './optim/index.ts'
export type { OptimizerState } from './optim/index.ts'
