/** The engine as layers see it. */
import type { Ops } from '../common/ops.ts'
import {
  arange,
  cat,
  F,
  fullLike,
  Function,
  stack,
  type FunctionContext,
  type Tensor,
} from '../engine/index.ts'

type Body = Parameters<Ops<Tensor>['customFunction']>

/** Hands a written forward and backward to the tape. */
class CustomFunction extends Function {
  static forward(ctx: FunctionContext, body: { forward: Body[1]; backward: Body[2] }, ...inputs: Tensor[]) {
    const { outputs, saved } = body.forward(inputs)
    ctx.saveForBackward(...saved)
    ctx.values['backward'] = body.backward
    return outputs
  }
  static backward(ctx: FunctionContext, ...gradients: Tensor[]) {
    const backward = ctx.values['backward'] as Body[2]
    return [null, ...backward(gradients, ctx.savedTensors)]
  }
}

export const ops: Ops<Tensor> = {
  ...F,
  cat,
  stack,
  toIndex: (x) => x.detach().add(0.5).to('int64'),
  arange: (count) => arange(count),
  fullLike: (x, value) => fullLike(x, value),
  customFunction: (inputs, forward, backward) => CustomFunction.apply({ forward, backward }, ...inputs),
}
