import type { ActivationNative } from './activation.ts'
import type { ArrangeNative } from './arrange.ts'
import type { AttentionNative } from './attention.ts'
import type { AutogradNative } from './autograd.ts'
import type { BatchNormNative } from './batchnorm.ts'
import type { ConvNative } from './conv.ts'
import type { DropoutNative } from './dropout.ts'
import type { ElementwiseNative } from './elementwise.ts'
import type { EmbeddingNative } from './embedding.ts'
import type { FunctionNative } from './function.ts'
import type { HooksNative } from './hooks.ts'
import type { IndexingNative } from './indexing.ts'
import type { InplaceNative } from './inplace.ts'
import type { JournalNative } from './journal.ts'
import type { LaterNative } from './later.ts'
import type { LinearNative } from './linear.ts'
import type { LossNative } from './loss.ts'
import type { MaskedNative } from './masked.ts'
import type { MathNative } from './math.ts'
import type { MemoryNative } from './memory.ts'
import type { NormNative } from './norm.ts'
import type { OptimNative } from './optim.ts'
import type { PadNative } from './pad.ts'
import type { PoolNative } from './pool.ts'
import type { PrecisionNative } from './precision.ts'
import type { ProfileNative } from './profile.ts'
import type { RecurrentNative } from './recurrent.ts'
import type { ReduceNative } from './reduce.ts'
import type { SoftmaxNative } from './softmax.ts'
import type { StatisticsNative } from './statistics.ts'
import type { StepGraphNative } from './stepGraph.ts'
import type { TensorNative } from './tensor.ts'
import type { ViewsNative } from './views.ts'
import type { WatchNative } from './watch.ts'

export type { DeviceMemory, Handle, MemoryHolder, MemoryStats, NativeInfo } from './handle.ts'

/** Everything the addon exports; arguments are handles, numbers and arrays of them. */
export type Native = ActivationNative &
  ArrangeNative &
  AttentionNative &
  AutogradNative &
  BatchNormNative &
  ConvNative &
  DropoutNative &
  ElementwiseNative &
  EmbeddingNative &
  FunctionNative &
  HooksNative &
  IndexingNative &
  InplaceNative &
  JournalNative &
  LaterNative &
  LinearNative &
  LossNative &
  MaskedNative &
  MathNative &
  MemoryNative &
  NormNative &
  OptimNative &
  PadNative &
  PoolNative &
  PrecisionNative &
  ProfileNative &
  RecurrentNative &
  ReduceNative &
  SoftmaxNative &
  StatisticsNative &
  StepGraphNative &
  TensorNative &
  ViewsNative &
  WatchNative
