import { describe, expect, test } from 'vitest'
import { F, liveTensors, manualSeed, memoryStats, optim, randn, scope, tensor, zeros } from '../index.ts'
import type { Tensor } from '../index.ts'

const parameter = (values: number[]): Tensor => tensor(values, { dtype: 'float64', requiresGrad: true })
const give = (p: Tensor, values: number[]): void =>
  scope(() => void (p.grad = tensor(values, { dtype: 'float64' })))

/** One of each, with every state it can have. */
const all: Record<string, (params: readonly Tensor[]) => optim.Optimizer> = {
  SGD: (p) => new optim.SGD(p, { lr: 0.05, momentum: 0.9 }),
  Adam: (p) => new optim.Adam(p, { lr: 0.05, amsgrad: true }),
  AdamW: (p) => new optim.AdamW(p, { lr: 0.05 }),
  RMSprop: (p) => new optim.RMSprop(p, { lr: 0.05, centered: true, momentum: 0.5 }),
  Adagrad: (p) => new optim.Adagrad(p, { lr: 0.05, lrDecay: 0.1, initialAccumulatorValue: 0.1 }),
  Lion: (p) => new optim.Lion(p, { lr: 0.05 }),
}

describe('optimizers', () => {
  test('SGD with momentum follows its formula by hand', () => {
    scope(() => {
      const p = parameter([1])
      const sgd = new optim.SGD([p], { lr: 0.1, momentum: 0.9 })
      give(p, [2])
      sgd.step() // v = 2, p = 1 - 0.2
      expect(p.item()).toBeCloseTo(0.8, 12)
      sgd.step() // v = 3.8, p = 0.8 - 0.38
      expect(p.item()).toBeCloseTo(0.42, 12)
      sgd.lr = 1
      expect(sgd.lr).toBe(1)
      sgd.step() // v = 5.42
      expect(p.item()).toBeCloseTo(-5, 12)
      sgd.zeroGrad()
      expect(p.grad).toBeNull()
      sgd.step() // no gradient, no change
      expect(p.item()).toBeCloseTo(-5, 12)
      sgd.dispose()
      expect(() => sgd.step()).toThrow('[optim] the optimizer was disposed')
    })
  })

  test('each begins with PyTorch’s defaults', () => {
    scope(() => {
      const first = (make: (p: Tensor) => optim.Optimizer): number => {
        const p = parameter([1])
        give(p, [3])
        const optimizer = make(p)
        optimizer.step()
        optimizer.dispose()
        return p.item()
      }
      expect(first((p) => new optim.SGD([p]))).toBeCloseTo(1 - 1e-3 * 3, 12)
      expect(first((p) => new optim.Adam([p]))).toBeCloseTo(1 - 1e-3, 9)
      expect(first((p) => new optim.AdamW([p]))).toBeCloseTo(1 - 1e-3 * 0.01 - 1e-3, 9)
      expect(first((p) => new optim.RMSprop([p]))).toBeCloseTo(1 - 0.01 / Math.sqrt(0.01), 6)
      expect(first((p) => new optim.Adagrad([p]))).toBeCloseTo(1 - 0.01, 9)
      expect(first((p) => new optim.Lion([p]))).toBeCloseTo(1 - 1e-4, 12)
    })
  })

  test.each(Object.keys(all))('%s: a stored state makes the next steps the same to the last bit', (name) => {
    const before = liveTensors()
    scope(() => {
      manualSeed(3)
      const x = randn([16, 4])
      const y = tensor(Int32Array.from({ length: 16 }, (_, i) => i % 3))
      const train = (w: Tensor, b: Tensor, o: optim.Optimizer, steps: number): void => {
        for (let i = 0; i < steps; i++)
          scope(() => {
            o.zeroGrad()
            F.crossEntropy(F.linear(x, w, b), y).backward()
            o.step()
          })
      }
      const make = all[name] as (params: readonly Tensor[]) => optim.Optimizer
      const weights = [randn([3, 4], { requiresGrad: true }), zeros([3], { requiresGrad: true })] as const
      const first = make(weights)
      train(...weights, first, 5)
      first.lr = 0.01 // options are part of the state
      // Through JSON and typed arrays, as a checkpoint would.
      const { tensors, ...rest } = first.state()
      const stored = JSON.parse(JSON.stringify(rest)) as Omit<optim.OptimizerState, 'tensors'>
      const copies = weights.map((w) => w.detach().clone().requiresGrad_()) as [Tensor, Tensor]
      train(...weights, first, 5)

      const second = make(copies)
      second.loadState({ ...stored, tensors: structuredClone(tensors) })
      expect(second.lr).toBe(0.01)
      train(...copies, second, 5)
      copies.forEach((copy, i) => expect(copy.toTypedArray()).toEqual(weights[i]?.toTypedArray()))
      expect(second.state()).toEqual(first.state())
      first.dispose()
      second.dispose()
    })
    expect(liveTensors()).toBe(before)
  })

  test('a state of something else is refused, and nothing is taken over', () => {
    scope(() => {
      const adam = new optim.Adam([parameter([1, 2]), parameter([3])])
      const good = adam.state()
      expect(Object.keys(good.tensors)).toEqual(['exp_avg.0', 'exp_avg_sq.0', 'exp_avg.1', 'exp_avg_sq.1'])
      const load = (change: Partial<optim.OptimizerState>): (() => void) => {
        return () => adam.loadState({ ...good, ...change })
      }
      expect(load({ algorithm: 'SGD' })).toThrow('[optim] the state is of SGD, this optimizer is Adam')
      expect(load({ groups: [] })).toThrow('[optim] the state is of  parameters, this optimizer has 2')
      expect(load({ tensors: {} })).toThrow('[optim] the state has no tensor exp_avg.0')
      const odd = { dtype: 'float64', shape: [3], data: new Float64Array(3) } as const
      expect(load({ tensors: { ...good.tensors, 'exp_avg.1': odd } })).toThrow(
        '[optim] exp_avg.1 has shape 3, expected 1',
      )
      expect(load({ tensors: { ...good.tensors, 'exp_avg.2': odd } })).toThrow(
        '[optim] the state has a tensor exp_avg.2 too many',
      )
      const single = { dtype: 'float32', shape: [1], data: new Float32Array(1) } as const
      expect(load({ tensors: { ...good.tensors, 'exp_avg.1': single } })).toThrow(
        '[optim] exp_avg.1 is float32, expected float64',
      )
      expect(load({ steps: [1] })).toThrow('got 1 step counts for 2 parameters')
      expect(adam.state()).toEqual(good)
      adam.dispose()
    })
  })

  test('groups have options of their own, which may change while it runs', () => {
    scope(() => {
      const [a, b, c] = [parameter([1]), parameter([1]), parameter([1])]
      const sgd = new optim.SGD([{ params: [a] }, { params: [b], lr: 0.5, momentum: 0.9 }], { lr: 0.1 })
      const step = (): number[] => {
        for (const p of [a, b, c]) give(p, [1])
        sgd.step()
        return [a, b, c].map((p) => Number(p.item().toFixed(9)))
      }
      expect(sgd.groups[1]?.options).toMatchObject({ lr: 0.5, momentum: 0.9, weightDecay: 0 })
      expect(step()).toEqual([0.9, 0.5, 1])
      sgd.addParamGroup({ params: [c], lr: 1 })
      sgd.groups[1]?.set({ momentum: 0, lr: 0.25 })
      expect(sgd.params).toEqual([a, b, c])
      expect(step()).toEqual([0.8, 0.25, 0])
      expect(() => sgd.groups[0]?.set({ momentum: -1 })).toThrow(
        '[SGD] momentum must not be negative, got -1',
      )
      expect(sgd.groups[0]?.options.momentum).toBe(0)
      expect(() => sgd.addParamGroup({ params: [a] })).toThrow('[SGD] parameter 3 is the same tensor as 0')
      expect(sgd.groups).toHaveLength(3)
      sgd.dispose()
    })
  })

  test('decayGroups spares biases and the scales of norms', () => {
    scope(() => {
      const named = { w: zeros([2, 3]), b: zeros([2]), kernel: zeros([4, 2, 3, 3]), scale: zeros([]) }
      const { w, b, kernel, scale } = named
      expect(optim.decayGroups(named, { weightDecay: 0.1 })).toEqual([
        { params: [w, kernel], weightDecay: 0.1 },
        { params: [b, scale], weightDecay: 0 },
      ])
      expect(optim.decayGroups(new Map([['b', b]]), { weightDecay: 0.1 })).toEqual([
        { params: [b], weightDecay: 0 },
      ])
    })
  })

  test('a step clips, scales, measures, and leaves out what is not finite', () => {
    scope(() => {
      const p = parameter([1, 2])
      const sgd = new optim.SGD([p], { lr: 1 })
      give(p, [6, 8])
      const result = sgd.step({ scale: 0.5, maxNorm: 2.5, stats: true })
      expect(result.norm).toBe(5)
      expect(result.skipped).toBe(false)
      expect(Array.from(result.stats?.weights ?? [])).toEqual([5])
      expect(Array.from(result.stats?.gradients ?? [])).toEqual([25])
      expect(result.stats?.updates[0]).toBeCloseTo(6.25, 5)
      expect(p.toArray()[0]).toBeCloseTo(1 - 1.5, 5)
      expect(p.grad?.toArray()).toEqual([6, 8]) // gradients stay as they are
      const before = p.toArray()
      give(p, [NaN, 8])
      expect(sgd.step({ skipNonFinite: true })).toEqual({ norm: NaN, skipped: true, stats: null })
      expect(p.toArray()).toEqual(before)
      give(p, [6, -8])
      sgd.step({ maxValue: 1 })
      expect(p.toArray()).toEqual([(before[0] ?? 0) - 1, (before[1] ?? 0) + 1])
      expect(sgd.step({ norm: true }).norm).toBe(10)
      expect(sgd.step()).toEqual({ norm: null, skipped: false, stats: null })
      sgd.dispose()
    })
  })

  test('the free clipping functions change gradients in place', () => {
    scope(() => {
      const [p, q, none] = [parameter([1]), parameter([1, 1]), parameter([1])]
      give(p, [2])
      give(q, [-2, 1])
      expect(optim.clipGradNorm([p, q, none], 1.5)).toBe(3)
      expect(p.grad?.item()).toBeCloseTo(1, 5)
      expect(optim.clipGradNorm([p, q], 10, { normType: Infinity })).toBeCloseTo(1, 5)
      optim.clipGradValue([p, q], 0.25)
      expect(q.grad?.toArray()).toEqual([-0.25, 0.25])
      expect(() => optim.clipGradNorm([p], 1, { normType: 1 as 2 })).toThrow(
        '[clipGradNorm] normType must be 2 or Infinity, got 1',
      )
    })
  })

  test('accumulating N backwards with a scale is one backward of the mean', () => {
    scope(() => {
      manualSeed(5)
      const x = randn([4, 3], { dtype: 'float64' })
      const [a, b] = [parameter([1, 2, 3]), parameter([1, 2, 3])]
      const [once, twice] = [new optim.Adam([a]), new optim.Adam([b])]
      const loss = (w: Tensor, rows: Tensor): Tensor => rows.mul(w).square().mean()
      loss(a, x).backward()
      once.step()
      for (const start of [0, 2]) loss(b, x.narrow(0, start, 2)).backward()
      twice.step({ scale: 0.5 })
      b.toArray().forEach((value, i) => expect(value).toBeCloseTo(a.toArray()[i] ?? NaN, 12))
      once.dispose()
      twice.dispose()
    })
  })

  test('refuses what it cannot train', () => {
    scope(() => {
      expect(() => new optim.SGD([], { lr: 0.1 })).toThrow('[SGD] got no parameters')
      expect(() => new optim.SGD([{ params: [] }])).toThrow('[SGD] got no parameters')
      expect(() => new optim.SGD(3 as unknown as Tensor[])).toThrow(
        '[SGD] expected a list of tensors or of groups, got number',
      )
      expect(() => new optim.SGD([parameter([1]), null as unknown as Tensor])).toThrow(
        '[SGD] parameter 1 must be a tensor, got null',
      )
      expect(() => optim.clipGradNorm(null as unknown as Tensor[], 1)).toThrow(
        '[clipGradNorm] expected a list of tensors, got null',
      )
      expect(() => new optim.SGD([parameter([1]).mul(2)], { lr: 0.1 })).toThrow(
        '[SGD] parameter 0 (1) is the result of a recorded op, only leaves can be trained',
      )
      expect(() => new optim.Adam([parameter([1])], { lr: -1 })).toThrow(
        '[Adam] lr must not be negative, got -1',
      )
    })
  })

  test('its native memory goes with it', () => {
    scope(() => {
      const p = zeros([1000], { requiresGrad: true })
      const before = memoryStats()
      for (let i = 0; i < 3; i++) for (const make of Object.values(all)) make([p]).dispose()
      expect(memoryStats().liveTensors).toBe(before.liveTensors)
      expect(memoryStats().liveStorages).toBe(before.liveStorages)
    })
  })
})

describe('EMA', () => {
  test('follows the parameters, and lends them its averages', () => {
    scope(() => {
      const [p, q] = [parameter([0, 4]), parameter([8])]
      const ema = new optim.EMA([p, q], { decay: 0.75 })
      const sgd = new optim.SGD([p, q], { lr: 1 })
      give(p, [-4, -4])
      give(q, [8])
      sgd.step() // p = [4, 8], q = [0]
      ema.update()
      const inside = ema.apply(() => [...p.toArray(), ...q.toArray()])
      expect(inside).toEqual([1, 5, 6])
      expect(p.toArray()).toEqual([4, 8])
      ema.swap()
      expect(() => ema.update()).toThrow('[EMA] the parameters hold the averages')
      expect(() => ema.state()).toThrow('[EMA] the parameters hold the averages')
      ema.swap()
      const copy = new optim.EMA([parameter([0, 0]), parameter([0])], { decay: 0.75 })
      copy.loadState(structuredClone(ema.state()))
      expect(copy.state()).toEqual(ema.state())
      expect(copy.updates).toBe(1)
      expect(() => copy.loadState({ updates: 1, tensors: {} })).toThrow(
        '[EMA] the state has no tensor average.0',
      )
      expect(() => new optim.EMA([])).toThrow('[EMA] got no parameters')
      for (const it of [ema, copy, sgd]) it.dispose()
      expect(() => ema.swap()).toThrow('[EMA] the average was disposed')
    })
  })
})
