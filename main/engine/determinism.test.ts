import { describe, expect, test } from 'vitest'
import { F, isGradEnabled, liveTensors, manualSeed, optim, randint, randn, scope } from './index.ts'
import type { Tensor } from './index.ts'

/** What training left: every loss and every weight, to the last bit. */
function train(steps: number, params: readonly Tensor[], loss: () => Tensor): number[][] {
  const adam = new optim.AdamW(params, { lr: 1e-2 })
  const losses: number[] = []
  for (let i = 0; i < steps; i++)
    scope(() => {
      adam.zeroGrad()
      const value = loss()
      value.backward()
      adam.step()
      losses.push(value.item())
    })
  const left = [losses, ...params.map((p) => p.toArray())]
  adam.dispose()
  return left
}

const weight = (...shape: number[]): Tensor => randn(shape).mul(0.2).requiresGrad_()
const labels = (count: number, classes: number): Tensor => randint(0, classes, [count])

const models: Record<string, () => number[][]> = {
  MLP: () => {
    const [a, b, c, d] = [weight(64, 100), weight(64), weight(10, 64), weight(10)] as const
    const x = randn([128, 100])
    const target = labels(128, 10)
    return train(10, [a, b, c, d], () =>
      F.crossEntropy(F.linear(F.dropout(F.linearRelu(x, a, b), 0.3, isGradEnabled()), c, d), target),
    )
  },
  CNN: () => {
    const [a, b, c] = [weight(16, 3, 3, 3), weight(32, 16, 3, 3), weight(10, 32)] as const
    const x = randn([16, 3, 16, 16])
    const target = labels(16, 10)
    return train(6, [a, b, c], () => {
      const first = F.maxPool2d(F.conv2d(x, a, null, { padding: 1 }).relu(), 2)
      const second = F.conv2d(first, b, null, { padding: 1 }).relu()
      return F.crossEntropy(F.linear(F.adaptiveAvgPool2d(second, 1).flatten(1), c), target)
    })
  },
  LSTM: () => {
    const hidden = 32
    const weights = [0, 1].flatMap((layer) =>
      [0, 1].map(() => ({
        inputHidden: weight(4 * hidden, layer === 0 ? 12 : 2 * hidden),
        hiddenHidden: weight(4 * hidden, hidden),
        biasInput: weight(4 * hidden),
        biasHidden: weight(4 * hidden),
      })),
    )
    const out = weight(5, hidden)
    const x = randn([16, 20, 12])
    const lengths = Array.from({ length: 16 }, (_, i) => 1 + ((i * 7) % 20))
    const target = labels(16, 5)
    const params = [...weights.flatMap((w) => Object.values(w)), out]
    return train(5, params, () => {
      const options = { weights, lengths, bidirectional: true, dropout: 0.2, training: true }
      return F.crossEntropy(F.linear(F.lstm(x, options).hidden.select(0, 3), out), target)
    })
  },
  Transformer: () => {
    const d = 32
    const block = () => ({ q: weight(d, d), k: weight(d, d), v: weight(d, d), up: weight(4 * d, d), down: weight(d, 4 * d), gain: weight(d) }) // prettier-ignore
    const blocks = [block(), block()]
    const table = weight(50, d)
    const tokens = randint(0, 50, [4, 24])
    const target = labels(4 * 24, 50)
    const heads = (x: Tensor): Tensor => x.reshape(4, 24, 4, d / 4).transpose(1, 2)
    return train(5, [...blocks.flatMap((b) => Object.values(b)), table], () => {
      let x = F.embedding(tokens, table)
      for (const { q, k, v, up, down, gain } of blocks) {
        const y = F.layerNorm(x, [d], gain)
        const attended = F.scaledDotProductAttention(
          heads(F.linear(y, q)),
          heads(F.linear(y, k)),
          heads(F.linear(y, v)),
          { isCausal: true, dropout: 0.1, training: true },
        )
        x = x.add(attended.transpose(1, 2).reshape(4, 24, d))
        x = x.add(F.linear(F.gelu(F.linear(x, up)), down))
      }
      return F.crossEntropy(x.matmul(table.t()).reshape(-1, 50), target)
    })
  },
}

describe('the same seed and threads give the same bits', () => {
  test.each(Object.keys(models))('%s', (name) => {
    const before = liveTensors()
    const run = (): number[][] =>
      scope(() => {
        manualSeed(11)
        return (models[name] as () => number[][])()
      })
    const first = run()
    expect(first[0]?.every(Number.isFinite)).toBe(true)
    expect(run()).toEqual(first)
    expect(liveTensors()).toBe(before)
  })
})
