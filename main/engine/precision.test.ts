import { describe, expect, test } from 'vitest'
import { autocast, autocastDtype, F, liveTensors, manualSeed, optim, rand, randn, scope } from './index.ts'
import type { Tensor } from './index.ts'

describe('autocast', () => {
  test('covers its body, nests, and ends whatever happens', () => {
    expect(autocastDtype()).toBeNull()
    autocast('bfloat16', () => {
      expect(autocastDtype()).toBe('bfloat16')
      autocast('float16', () => expect(autocastDtype()).toBe('float16'))
      expect(autocastDtype()).toBe('bfloat16')
    })
    expect(() =>
      autocast('bfloat16', () => {
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect(autocastDtype()).toBeNull()
    expect(() => autocast('int64' as 'bfloat16', () => 0)).toThrow(
      '[autocast] runs in bfloat16 or float16, got int64',
    )
  })

  test('trains float32 weights with products in bfloat16', () => {
    const before = liveTensors()
    const losses = (dtype: 'bfloat16' | null): number[] => {
      const result: number[] = []
      scope(() => {
        manualSeed(11)
        const w1 = rand([16, 8]).sub(0.5).detach().requiresGrad_()
        const w2 = rand([1, 16]).sub(0.5).detach().requiresGrad_()
        const x = randn([32, 8])
        const y = x.sum(1, true).tanh()
        const sgd = new optim.SGD([w1, w2], { lr: 0.1 })
        const forward = (): Tensor => {
          const out = F.linear(F.linear(x, w1).tanh(), w2)
          expect(out.dtype).toBe(dtype ?? 'float32')
          return F.mseLoss(out, y)
        }
        for (let step = 0; step < 20; step++)
          scope(() => {
            const loss = dtype ? autocast(dtype, forward) : forward()
            sgd.zeroGrad()
            loss.backward()
            expect(w1.grad?.dtype).toBe('float32')
            sgd.step()
            result.push(loss.item())
          })
        sgd.dispose()
      })
      return result
    }
    const exact = losses(null)
    const low = losses('bfloat16')
    expect(exact.at(-1)).toBeLessThan(0.5 * (exact[0] ?? 0))
    low.forEach((loss, i) => expect(Math.abs(loss / (exact[i] ?? 0) - 1)).toBeLessThan(0.05))
    expect(low).not.toEqual(exact)
    expect(liveTensors()).toBe(before)
  })
})
