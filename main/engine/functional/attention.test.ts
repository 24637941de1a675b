import { expect, test } from 'vitest'
import { F, liveTensors, manualSeed, randn, scope, tensor } from '../index.ts'

test('attention takes its options, and a packed projection gives the same', () => {
  const before = liveTensors()
  scope(() => {
    const qkv = randn([2, 5, 3 * 2 * 4])
    const parts = qkv.reshape(2, 5, 3, 2, 4)
    const [q, k, v] = [0, 1, 2].map((i) => parts.select(2, i).transpose(1, 2)) as [
      ReturnType<typeof randn>,
      ReturnType<typeof randn>,
      ReturnType<typeof randn>,
    ]
    const merged = (x: ReturnType<typeof randn>): number[] => x.transpose(1, 2).reshape(2, 5, 8).toArray()
    const keyLengths = tensor([5, 2], { dtype: 'int64' })
    for (const options of [{}, { isCausal: true }, { keyLengths }, { scale: 0.1 }])
      expect(F.selfAttention(qkv, 2, options).toArray()).toEqual(
        merged(F.scaledDotProductAttention(q, k, v, options)),
      )
    const mask = F.lengthsMask(keyLengths, 5).reshape(2, 1, 1, 5)
    const bySteps = F.scaledDotProductAttention(q, k, v, { mask }).toArray()
    F.scaledDotProductAttention(q, k, v, { keyLengths })
      .toArray()
      .forEach((value, i) => expect(value).toBeCloseTo(bySteps[i] ?? NaN, 6))

    const dropped = (seed: number, training?: boolean): number[] => {
      manualSeed(seed)
      const rate = { dropout: 0.5 }
      return F.selfAttention(qkv, 2, training === undefined ? rate : { ...rate, training }).toArray()
    }
    expect(dropped(1)).toEqual(dropped(1))
    expect(dropped(1)).not.toEqual(dropped(2))
    expect(dropped(1, false)).toEqual(F.selfAttention(qkv, 2).toArray())
    expect(() => F.selfAttention(qkv, 5)).toThrow(
      '[selfAttention] 24 numbers a step cannot be cut into queries, keys and values of 5 heads (projection 2x5x24)',
    )
  })
  expect(liveTensors()).toBe(before)
})
