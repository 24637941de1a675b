/** Causal Transformer over tokens, pre-norm, learned positions, AdamW: torch/gpt.py is its twin. */
import { autocast, F, optim } from '../../../main/engine/index.ts'
import type { DType, Tensor } from '../../../main/engine/index.ts'
import { cycle, indices, Source } from '../source.ts'
import type { Step } from '../source.ts'

interface Options {
  batch: number
  layers?: number
  width?: number
  heads?: number
  time?: number
  vocabulary?: number
  lr?: number
  /** Shortest and longest sequence; keys past the end are masked, targets there ignored. All of `time` if absent. */
  lengths?: readonly [number, number]
  /** Attention straight from the projection of all heads, or from its three parts cut out by views. */
  packed?: boolean
  dtype?: DType
  /** Forward under autocast: products in bfloat16. */
  bf16?: boolean
}

type Pair = readonly [weight: Tensor, bias: Tensor]

export function gpt(options: Options): Step {
  const { batch, layers = 4, width = 128, heads = 4, time = 128, vocabulary = 64, lr = 1e-3 } = options
  const source = new Source(options.dtype)
  const parameters: Tensor[] = []
  const parameter = (x: Tensor): Tensor => {
    parameters.push(x)
    return x
  }
  const linear = (outputs: number, inputs: number): Pair => [
    parameter(source.weight([outputs, inputs], inputs)),
    parameter(source.zeros([outputs])),
  ]
  const norm = (): Pair => [parameter(source.ones([width])), parameter(source.zeros([width]))]

  const tokens = parameter(source.weight([vocabulary, width], width))
  const positions = parameter(source.weight([time, width], width))
  const blocks = Array.from({ length: layers }, () => ({
    norm1: norm(),
    qkv: linear(3 * width, width),
    out: linear(width, width),
    norm2: norm(),
    up: linear(4 * width, width),
    down: linear(width, 4 * width),
  }))
  const final = norm()
  const head = linear(vocabulary, width)

  const batches = cycle(4, () => {
    const x = indices(source.integers(batch * time, 0, vocabulary - 1), [batch, time])
    const targets = source.integers(batch * time, 0, vocabulary - 1)
    if (!options.lengths) return { x, y: indices(targets), keyLengths: undefined }
    const sizes = source.integers(batch, ...options.lengths)
    const y = indices(targets.map((t, i) => (i % time < (sizes[Math.floor(i / time)] ?? 0) ? t : -100)))
    return { x, y, keyLengths: indices(sizes) }
  })
  const adamw = new optim.AdamW(parameters, { lr })

  const attention = (x: Tensor, [weight, bias]: Pair, keyLengths?: Tensor): Tensor => {
    const qkv = F.linear(x, weight, bias)
    if (options.packed ?? true) return F.selfAttention(qkv, heads, { isCausal: true, keyLengths })
    const parts = qkv.reshape(batch, time, 3, heads, width / heads)
    const [q, k, v] = [0, 1, 2].map((i) => parts.select(2, i).transpose(1, 2)) as [Tensor, Tensor, Tensor]
    const mixed = F.scaledDotProductAttention(q, k, v, { isCausal: true, keyLengths })
    return mixed.transpose(1, 2).reshape(batch, time, width)
  }
  const forward = (index: Tensor, y: Tensor, keyLengths?: Tensor): Tensor => {
    let x = F.embedding(index, tokens).add(positions)
    for (const { norm1, qkv, out, norm2, up, down } of blocks) {
      x = x.add(F.linear(attention(F.layerNorm(x, [width], ...norm1), qkv, keyLengths), ...out))
      x = x.add(F.linear(F.gelu(F.linear(F.layerNorm(x, [width], ...norm2), ...up)), ...down))
    }
    const logits = F.linear(F.layerNorm(x, [width], ...final), ...head)
    return F.crossEntropy(logits.reshape(batch * time, vocabulary), y)
  }
  return () => {
    const { x, y, keyLengths } = batches()
    const loss = options.bf16
      ? autocast('bfloat16', () => forward(x, y, keyLengths))
      : forward(x, y, keyLengths)
    adamw.zeroGrad()
    loss.backward()
    adamw.step()
    return loss
  }
}
