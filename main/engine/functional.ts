import type { Ops } from '../common/ops.ts'
import * as activation from './functional/activation.ts'
import * as dropout from './functional/dropout.ts'
import * as elementwise from './functional/elementwise.ts'
import * as linear from './functional/linear.ts'
import * as loss from './functional/loss.ts'
import * as norm from './functional/norm.ts'
import type { Tensor } from './tensor.ts'

export type { Reduction } from './functional/reduction.ts'

/** `torch.nn.functional` over native tensors: the ops a layer's forward may call, and more. */
export const F = {
  ...activation,
  ...elementwise,
  ...linear,
  ...loss,
  ...dropout,
  ...norm,
} satisfies Ops<Tensor> & Record<string, unknown>
