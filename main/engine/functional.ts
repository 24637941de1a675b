import type { Ops } from '../common/ops.ts'
import * as activation from './functional/activation.ts'
import * as attention from './functional/attention.ts'
import * as batchnorm from './functional/batchnorm.ts'
import * as conv from './functional/conv.ts'
import * as dropout from './functional/dropout.ts'
import * as elementwise from './functional/elementwise.ts'
import * as embedding from './functional/embedding.ts'
import * as indexing from './functional/indexing.ts'
import * as linear from './functional/linear.ts'
import * as loss from './functional/loss.ts'
import * as masked from './functional/masked.ts'
import * as norm from './functional/norm.ts'
import * as pad from './functional/pad.ts'
import * as pool from './functional/pool.ts'
import * as recurrent from './functional/recurrent.ts'
import { guard } from './guard.ts'
import type { Tensor } from './tensor.ts'

export type { LstmResult, RecurrentResult, RecurrentWeights } from './functional/recurrent.ts'
export type { Reduction } from './functional/reduction.ts'

/** `torch.nn.functional` over native tensors: the ops a layer's forward may call, and more. */
export const F = guard({
  ...activation,
  ...attention,
  ...batchnorm,
  ...conv,
  ...dropout,
  ...elementwise,
  ...embedding,
  ...indexing,
  ...linear,
  ...loss,
  ...masked,
  ...norm,
  ...pad,
  ...pool,
  ...recurrent,
} satisfies Omit<Ops<Tensor>, 'cat' | 'stack' | 'arange' | 'toIndex' | 'fullLike' | 'customFunction'> &
  Record<string, unknown>)
