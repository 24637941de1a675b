import { describe, expect, it } from 'vitest'
import { smooth, smoothWindow } from './smoothing.ts'

const along = (count: number, to: number): number[] =>
  Array.from({ length: count }, (_, i) => (i / (count - 1)) * to)

describe('exponential smoothing', () => {
  it('leaves a constant as it is from the first point on', () => {
    const x = along(50, 49)
    for (const y of smooth(
      x,
      x.map(() => 2.5),
      0.95,
    ))
      expect(y).toBeCloseTo(2.5, 12)
  })

  it('of evenly spaced points is the average that Adam removes the bias of', () => {
    const x = along(1001, 1000)
    const y = x.map((v) => Math.sin(v / 7))
    let sum = 0
    const wanted = y.map((value, i) => (sum = 0.9 * sum + 0.1 * value) / (1 - 0.9 ** (i + 1)))
    smooth(x, y, 0.9).forEach((value, i) => expect(value).toBeCloseTo(wanted[i] as number, 10))
  })

  it('draws about the same curve whether it is read in 1,000 buckets or in 200', () => {
    const curve = (n: number): number => {
      const x = along(n, 10_000)
      return smooth(
        x,
        x.map((v) => Math.exp(-v / 3000)),
        0.98,
      )[Math.round((n - 1) / 2)] as number
    }
    expect(curve(200)).toBeCloseTo(curve(1000), 2)
  })

  it('goes on through a stretch that is read twenty times as finely', () => {
    const coarse = along(1001, 100_000)
    const mixed = [
      ...coarse.filter((x) => x < 40_000),
      ...along(2001, 10_000).map((x) => 40_000 + x),
      ...coarse.filter((x) => x > 50_000),
    ]
    const wave = (x: number): number => Math.sin(x / 9000)
    const a = smooth(coarse, coarse.map(wave), 0.95)
    const b = smooth(mixed, mixed.map(wave), 0.95)
    for (const at of [40_000, 41_000, 45_000, 50_000, 60_000])
      expect(b[mixed.indexOf(at)]).toBeCloseTo(a[coarse.indexOf(at)] as number, 1)
  })

  it('leaves a sparse series alone and steps over NaN', () => {
    const y = smooth([0, 100, 200, 300], [4, 3, 2, 1], 0.9)
    y.forEach((value, i) => expect(value).toBeCloseTo(4 - i, 3))
    const [, gap, after] = smooth([0, 1, 2], [1, Number.NaN, 3], 0.5)
    expect(gap).toBeNaN()
    expect(after).toBeCloseTo(3, 3)
  })

  it('has a value for a single point and for points at one place', () => {
    expect(smooth([5], [2], 0.9)).toEqual([2])
    expect(smooth([5, 5], [2, 4], 0.9, 100)).toEqual([2, 4])
  })
})

describe('smoothing in a window', () => {
  it('is the mean or the median of what lies within', () => {
    const x = [0, 1, 2, 3, 4]
    expect(smoothWindow(x, [1, 2, 9, 4, 5], 2, 'mean')).toEqual([1.5, 4, 5, 6, 4.5])
    expect(smoothWindow(x, [1, 2, 9, 4, 5], 2, 'median')).toEqual([1.5, 2, 4, 5, 4.5])
  })

  it('of the median takes a spike away and leaves a step as steep as it was', () => {
    const x = along(101, 100)
    const y = x.map((v) => (v === 20 ? 50 : v < 60 ? 1 : 0))
    const smoothed = smoothWindow(x, y, 6, 'median')
    expect(smoothed[20]).toBe(1)
    expect(smoothed.slice(58, 62)).toEqual([1, 1, 0, 0])
  })

  it('forgets a value that blew up once it has left', () => {
    const y = [1e30, 0.1, 0.2, 0.3, 0.4]
    expect(smoothWindow([0, 1, 2, 3, 4], y, 2, 'mean')[3]).toBeCloseTo(0.3, 12)
  })

  it('leaves NaN where it is, and out of its neighbours', () => {
    expect(smoothWindow([0, 1, 2], [1, NaN, 3], 4, 'mean')).toEqual([2, NaN, 2])
    expect(smoothWindow([0, 1, 2], [1, NaN, 3], 4, 'median')).toEqual([2, NaN, 2])
  })
})
