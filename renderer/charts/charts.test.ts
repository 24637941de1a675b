import { describe, expect, it } from 'vitest'
import type { Bucket, Series } from '../../main/common/schemas.ts'
import { runColour, runDash } from './series.ts'
import { linearTicks, logTicks, spread, timeTicks, valueDomain } from './ticks.ts'
import { linePath, nearest, placeX, placeY, rawPath, statePoints, trace } from './trace.ts'

const bucket = (step: number, value: number, spike = value): Bucket => ({
  step,
  lastStep: step,
  min: Math.min(value, spike),
  max: Math.max(value, spike),
  mean: value,
  last: value,
  epoch: step / 100,
  seconds: step / 50,
})

const series = (buckets: Bucket[], total = buckets.length): Series => ({
  runId: 1,
  metric: 'batch/loss',
  total,
  buckets,
})

describe('ticks', () => {
  it('are round and inside', () => {
    expect(linearTicks([0, 9375], 6, true).values).toEqual([0, 2000, 4000, 6000, 8000])
    expect(linearTicks([0.11, 0.34], 4).values).toEqual([0.2, 0.3])
    expect(linearTicks([0, 3], 8, true).values).toEqual([0, 1, 2, 3])
    expect(timeTicks([0, 300], 5).values).toEqual([0, 60, 120, 180, 240, 300])
  })

  it('of a logarithmic axis stand on 1, 2, 5 where they fit', () => {
    expect(logTicks([0.08, 2.4], 6).values).toEqual([0.1, 0.2, 0.5, 1, 2])
    expect(logTicks([1e-6, 1], 8).values).toHaveLength(7)
    expect(logTicks([0.31, 0.34], 4).values.length).toBeGreaterThan(1)
  })

  it('leave room for a spike, and for nothing that is not a number', () => {
    const [low, high] = valueDomain(
      [
        [0.2, 9],
        [Number.NaN, Number.NaN],
      ],
      false,
    )
    expect(low).toBeLessThan(0.2)
    expect(high).toBeGreaterThan(9)
    expect(valueDomain([[0.9, 1]], false, [0, 1])[1]).toBe(1)
    expect(valueDomain([[0, 4]], true)[0]).toBeGreaterThan(0)
    expect(valueDomain([], false)).toEqual([0, 1])
  })

  it('labels at the end of lines are moved apart, in order and inside', () => {
    const placed = spread([50, 52, 51, 99], 12, [0, 100])
    const sorted = [...placed].sort((a, b) => a - b)
    for (let i = 1; i < sorted.length; i++)
      expect((sorted[i] as number) - (sorted[i - 1] as number)).toBeGreaterThanOrEqual(12)
    expect(placed[2]).toBeGreaterThan(placed[0] as number)
    expect(Math.max(...placed)).toBeLessThanOrEqual(100)
  })
})

describe('traces', () => {
  const plot = { left: 0, top: 0, width: 100, height: 100 }
  const look = { label: 'train', colour: 'red', dash: '', smoothing: 0.9, x: 'step' as const }

  it('keep a spike of one step', () => {
    const spiky = trace(series([bucket(0, 1), bucket(50, 1, 10), bucket(100, 1)], 300), look)
    const path = rawPath(spiky, placeX(plot, [0, 100]), placeY(plot, [0, 10], false))
    expect(path).toContain('50.0 0.0')
    expect(spiky.raw).toBe(true)
  })

  it('break where a value has no place', () => {
    const toY = placeY(plot, [0.1, 10], true)
    expect(linePath([0, 50, 100], [1, 0, 1], placeX(plot, [0, 100]), toY)).toBe('M0.0 50.0M100.0 50.0')
  })

  it('are drawn along steps, epochs or seconds', () => {
    const one = series([bucket(100, 1), bucket(200, 2)])
    expect(trace(one, { ...look, x: 'epoch' }).x).toEqual([1, 2])
    expect(trace(one, { ...look, x: 'time' }).x).toEqual([2, 4])
  })

  it('are found by position', () => {
    expect(nearest([0, 10, 20], 14)).toBe(1)
    expect(nearest([0, 10, 20], 99)).toBe(2)
    expect(nearest([], 1)).toBe(-1)
  })

  it('say how much of the series is drawn', () => {
    expect(statePoints([series([bucket(0, 1), bucket(1, 1)])])).toBe('2 points, every one drawn')
    expect(statePoints([series([bucket(0, 1)], 12_480)])).toBe('12,480 points, min–max per pixel')
    expect(statePoints([])).toBe('no points yet')
  })
})

describe('series', () => {
  it('give neighbouring runs another colour and another dash, and a run always the same', () => {
    expect(runColour(41)).toBe(runColour(41))
    const looks = new Set(Array.from({ length: 28 }, (_, i) => runColour(i + 1) + runDash(i + 1)))
    expect(looks.size).toBe(28)
  })
})
