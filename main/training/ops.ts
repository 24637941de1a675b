/** The engine as layers see it. */
import type { Ops } from '../common/ops.ts'
import {
  arange,
  type Device,
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

/** What layers call; what they make of nothing lies on `device`. */
export const opsOn = (device: Device): Ops<Tensor> => ({
  ...F,
  cat,
  stack,
  toIndex: (x) => x.detach().add(0.5).to('int64'),
  // Lengths are the processor's, what they hide lies on the device.
  lengthsMask: (lengths, steps) => F.lengthsMask(lengths, steps).to(device),
  arange: (count) => arange(0, count, 1, { device }),
  fullLike: (x, value) => fullLike(x, value),
  customFunction: (inputs, forward, backward) => CustomFunction.apply({ forward, backward }, ...inputs),
})
