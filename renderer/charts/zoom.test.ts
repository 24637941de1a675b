import { describe, expect, it } from 'vitest'
import type { Bucket } from '../../main/common/schemas.ts'
import { xDomainOf } from './LineChart.tsx'
import { placeX, trace, unplaceX, type Trace } from './trace.ts'
import { panBy, stepToX, xToStep, zoomBy, zoomTo } from './zoom.ts'

const bucket = (step: number): Bucket => ({
  step,
  lastStep: step,
  min: 1,
  max: 1,
  mean: 1,
  last: 1,
  epoch: step / 100,
  // The second half of the run was twice as slow.
  seconds: step <= 500 ? step / 100 : 5 + (step - 500) / 50,
})
const along = (x: 'step' | 'epoch' | 'time'): Trace[] => {
  const buckets = [100, 300, 500, 700, 900].map(bucket)
  return [
    trace({ runId: 1, metric: 'm', total: 5, buckets }, { label: '', colour: '', dash: '', smoothing: 0, x }),
  ]
}

describe('steps on an axis', () => {
  it('of time stand where the run was then, and are found again', () => {
    const traces = along('time')
    expect(stepToX(traces, 400)).toBeCloseTo(4)
    expect(stepToX(traces, 800)).toBeCloseTo(11)
    expect(stepToX(traces, 50)).toBeCloseTo(0.5)
    for (const step of [20, 250, 500, 640, 900])
      expect(xToStep(traces, stepToX(traces, step))).toBeCloseTo(step)
  })
  it('of steps stand at themselves, without points too', () => {
    expect(stepToX(along('step'), 437)).toBeCloseTo(437)
    expect(stepToX([], 12)).toBe(12)
  })
})

describe('a zoom', () => {
  it('holds whole steps of the run, and is none when it would show all of it or next to nothing', () => {
    expect(zoomTo(612.4, 130.6, 900)).toEqual([130, 613])
    expect(zoomTo(-50, 400, 900)).toEqual([0, 400])
    expect(zoomTo(-50, 1200, 900)).toBeNull()
    expect(zoomTo(100, 101, 900)).toBeNull()
  })
  it('by the wheel keeps the step under the pointer where it is', () => {
    const [low, high] = zoomBy([200, 600], 0.5, 300, 900) ?? [0, 0]
    expect(high - low).toBe(200)
    expect((300 - low) / (high - low)).toBeCloseTo(0.25)
    expect(zoomBy([200, 600], 9, 300, 900)).toBeNull()
    expect(zoomBy([200, 204], 0.5, 202, 900)).toEqual([200, 204])
  })
  it('is moved within the run', () => {
    expect(panBy([200, 400], 0.5, 900)).toEqual([300, 500])
    expect(panBy([200, 400], 9, 900)).toEqual([700, 900])
    expect(panBy(null, 1, 900)).toBeNull()
  })
})

describe('the horizontal axis', () => {
  it('shows the zoomed steps in its own quantity', () => {
    expect(xDomainOf(along('step'), [200, 400], false)).toEqual([200, 400])
    const [low, high] = xDomainOf(along('time'), [600, 800], false)
    expect([low, high]).toEqual([7, 11])
    expect(xDomainOf(along('step'), null, false)).toEqual([0, 900])
  })
  it('begins at the first point when it is logarithmic, and reads back what it places', () => {
    const domain = xDomainOf(along('step'), null, true)
    expect(domain).toEqual([100, 900])
    const plot = { left: 40, top: 0, width: 200, height: 100 }
    expect(unplaceX(plot, domain, true)(placeX(plot, domain, true)(300) - 40)).toBeCloseTo(300)
    expect(placeX(plot, domain, true)(0)).toBeNaN()
  })
})
