import type { ForwardCall, Layer } from '../layer.ts'
import type { TensorMethods } from '../ops.ts'

/** A Linear or Conv 2D with the ReLU behind it, in the engine's one pass; made by rewrites. */
export const withRelu = (layer: Layer): Layer => ({
  ...layer,
  kind: `${layer.kind}-relu`,
  title: `${layer.title} + ReLU`,
  hidden: true,
  forward: <T extends TensorMethods<T>>(call: ForwardCall<T>) => {
    const { ops } = call
    const fused: typeof ops = {
      ...ops,
      linear: (x, weight, bias) => ops.linearRelu(x, weight, bias),
      conv2d: (x, weight, bias, options) => ops.conv2dRelu(x, weight, bias, options),
    }
    return layer.forward({ ...call, ops: fused })
  },
})
