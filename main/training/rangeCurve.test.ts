import { describe, expect, it } from 'vitest'
import { RangeWatch, ratesOf, readCurve } from './rangeCurve.ts'

const rates = ratesOf(1e-7, 10, 161)
/** A loss that falls along an S around `steepest` and blows up from `wall` on. */
const curve = (steepest: number, wall: number, noise = 0) =>
  rates
    .filter((rate) => rate <= wall * 2)
    .map((rate, i) => ({
      rate,
      loss:
        0.3 +
        2 / (1 + (rate / steepest) ** 1.5) +
        (rate > wall ? (rate / wall) ** 6 : 0) +
        noise * Math.sin(i * 12.9898),
    }))

describe('a curve', () => {
  it('suggests where the loss falls fastest', () => {
    const { suggestion, steepest, diverged, rule } = readCurve(curve(1e-3, 1), 2)
    expect(Math.log10(steepest ?? 0)).toBeCloseTo(-3, 0)
    expect(suggestion).toBe(Number((steepest ?? 0).toPrecision(2)))
    expect(diverged).toBe(2)
    expect(rule).toMatch(/^Suggested: where the loss falls fastest, \S+ \(Smith 2015\)\. It diverged at 2\.$/)
  })

  it('suggests a tenth of where it diverges when that is lower', () => {
    const { suggestion, steepest, rule } = readCurve(curve(0.2, 0.5), 0.5)
    expect(steepest).toBeGreaterThan(0.05)
    expect(suggestion).toBe(0.05)
    expect(rule).toMatch(/^Suggested: a tenth of 0\.5, where the loss diverged/)
  })

  it('is not taken in by batches that differ', () => {
    const { steepest } = readCurve(curve(1e-3, 1, 0.4), 2)
    expect(Math.abs(Math.log10(steepest ?? 0) + 3)).toBeLessThan(0.5)
  })

  it.each([
    ['flat', () => 2],
    ['noise alone', (i: number) => 2 + 0.3 * Math.sin(i * 12.9898)],
    ['rising', (i: number) => 2 + i / 50],
  ])('suggests nothing where the loss does not fall: %s', (_, loss) => {
    const found = readCurve(
      rates.map((rate, i) => ({ rate, loss: loss(i) })),
      null,
    )
    expect(found).toMatchObject({ suggestion: null, steepest: null })
    expect(found.rule).toMatch(/did not fall at any rate: look at the model/)
  })

  it('of no points, where the first loss is no number, suggests nothing', () => {
    expect(readCurve([], 1e-7)).toMatchObject({ points: [], suggestion: null, diverged: 1e-7 })
  })
})

describe('the watch', () => {
  it('ends at four times the best loss, and at what is no number', () => {
    const watch = new RangeWatch()
    for (let i = 0; i < 50; i++) expect(watch.hear(1).over).toBe(false)
    expect(watch.hear(15).over).toBe(false)
    expect(watch.hear(15).over).toBe(true)
    expect(new RangeWatch().hear(Infinity).over).toBe(true)
  })
})

it('rates rise by one factor from the lowest to the highest', () => {
  expect(ratesOf(1e-3, 1e3, 7).map((rate) => Number(rate.toPrecision(6)))).toEqual([
    0.001, 0.01, 0.1, 1, 10, 100, 1000,
  ])
})
