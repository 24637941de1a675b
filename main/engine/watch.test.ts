import { describe, expect, test } from 'vitest'
import {
  arange,
  histogram,
  liveTensors,
  randn,
  sampleLength,
  sampleStatistics,
  scope,
  silentUnits,
  tensor,
  zeros,
} from './index.ts'

describe('samples', () => {
  test('statistics of every third value, then of how much it changed', () => {
    const live = liveTensors()
    scope(() => {
      const x = arange(0, 10).to('float32')
      const bias = tensor([NaN, 0])
      const sample = new Float32Array(sampleLength(10, 3) + sampleLength(2, 3))
      expect(sampleStatistics([x, bias], 3, sample, { low: 1, high: 5 })).toEqual({
        count: 4,
        notFinite: 1,
        zeros: 2,
        beyond: 3,
        sum: 9,
        sumOfSquares: 45,
        min: 0,
        max: 6,
      })
      expect(sample).toEqual(Float32Array.of(0, 3, 6, NaN, 0))
      x.mul_(2)
      const changed = sampleStatistics([x, bias], 3, sample, { difference: true })
      expect(sample).toEqual(Float32Array.of(0, 3, 6, NaN, 0))
      expect(changed).toMatchObject({ count: 4, notFinite: 1, beyond: 0, sum: 9, max: 6 })
    })
    expect(liveTensors()).toBe(live)
  })

  test('it reads what is being trained without leaving a trace', () => {
    scope(() => {
      const weight = randn([4, 4])
      weight.requiresGrad = true
      const result = weight.mul(2)
      const turned = result.t()
      const { version } = weight
      const before = liveTensors()
      sampleStatistics([weight, turned], 1, new Float32Array(32))
      expect(liveTensors()).toBe(before)
      expect(weight.version).toBe(version)
      result.sum().backward()
      expect(weight.grad?.toArray()).toEqual(new Array(16).fill(2))
    })
  })

  test('nothing to look at', () => {
    const empty = scope(() => sampleStatistics([], 1, new Float32Array(0)))
    expect(empty).toMatchObject({ count: 0, notFinite: 0, sum: 0, min: Infinity, max: -Infinity })
  })

  test('a sample of another length, or of another kind of array, is refused', () => {
    scope(() => {
      const x = zeros([6])
      expect(() => sampleStatistics([x], 2, new Float32Array(6))).toThrow(
        '[sampleStatistics] the sample of these tensors has 3 values, the array holds 6',
      )
      expect(() => sampleStatistics([x], 1, new Float64Array(6) as unknown as Float32Array)).toThrow(
        '[sampleStatistics] argument 6 must be a Float32Array',
      )
      const gone = zeros([1])
      gone.dispose()
      expect(() => sampleStatistics([gone], 1, new Float32Array(1))).toThrow('[sampleStatistics]')
    })
  })
})

describe('histograms', () => {
  test('both ends of the range are in it; NaN and infinities are in no bin', () => {
    const values = Float32Array.of(-2, 0, 0.5, 1, 1, 1.5, 3, NaN, Infinity)
    expect(histogram(values, 0, 1, 2)).toEqual({ below: 1, above: 2, counts: [1, 3] })
    expect(histogram(values, 0, 2, 4)).toEqual({ below: 1, above: 1, counts: [1, 1, 2, 1] })
  })

  test('a range of no width is refused', () => {
    expect(() => histogram(Float32Array.of(1), 1, 1, 4)).toThrow(
      '[histogram] the range must be of finite width',
    )
  })
})

describe('units', () => {
  test('silent ones are counted over calls', () => {
    scope(() => {
      const silent = new Uint16Array(3)
      const some = tensor([
        [0, 1, 0],
        [0, 0, -1],
      ])
      expect(silentUnits(some, -1, 2, silent)).toBe(0)
      expect(silentUnits(some, 1, 2, silent)).toBe(1)
      expect(silent).toEqual(Uint16Array.of(2, 0, 0))
      expect(silentUnits(zeros([2, 3, 4, 4]), 1, 1, silent)).toBe(3)
      expect(() => silentUnits(some, 0, 1, silent)).toThrow(
        '[silentUnits] there are 2 units along dimension 0',
      )
    })
  })
})
