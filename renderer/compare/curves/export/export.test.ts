import { describe, expect, it } from 'vitest'
import { exampleRun } from '../../../../main/common/runFixture.ts'
import type { SeriesColumns } from '../../../../main/common/packedSeries.ts'
import { curveOf } from '../curve.ts'
import { groupCurve } from '../groups.ts'
import { figure } from './figure.ts'
import { curvesCsv, curvesJson } from './rows.ts'
import type { Shown } from './shown.ts'

const steps = Array.from({ length: 100 }, (_, i) => (i + 1) * 10)
const column = (of: (step: number) => number): Float64Array => Float64Array.from(steps, of)
const columns: SeriesColumns = {
  step: column((step) => step - 9),
  lastStep: column((step) => step),
  min: column(() => 0.5),
  max: column((step) => (step === 420 ? 40 : 0.6)),
  mean: column(() => 0.55),
  last: column((step) => (step === 30 ? NaN : 0.52)),
  epoch: column((step) => step / 100),
  seconds: column((step) => step / 10),
}
const curve = (id: number, name = 'lr 1e-3 & <wide>', drawn = columns) => {
  const made = curveOf(
    exampleRun({ id, name }),
    {
      runId: id,
      metric: 'val/loss',
      whole: { columns: drawn, total: 1000, buckets: 100, revision: 0 },
      part: null,
    },
    'step',
    { kind: 'ema', weight: 0.5, window: 0 },
    null,
  )
  if (!made) throw new Error('no curve')
  return made
}
const shown = (more: Partial<Shown> = {}): Shown => ({
  panels: [{ metric: 'val/loss', curves: [curve(1), curve(2, 'plain')] }],
  x: 'step',
  xDomain: [0, 1000],
  logX: false,
  logY: false,
  smoothing: { kind: 'ema', weight: 0.5, window: 0 },
  band: null,
  statement: '2 runs · 2,000 points, min–max per pixel',
  ...more,
})
const grey = () => ({ css: '#888888', rgb: [136, 136, 136] as const })

describe('a figure', () => {
  const svg = figure(shown(), grey)

  it('has title, axes, a line and a name for each run, and says what is drawn', () => {
    expect(svg.match(/data-curve=/g)).toHaveLength(2)
    for (const text of ['>val/loss<', '>step<', '>200<', 'smoothing 0.50', '2,000 points', '2  plain'])
      expect(svg).toContain(text)
    expect(svg).toContain('lr 1e-3 &amp; &lt;wide&gt;')
  })

  it('shows a spike of one step plainly, and holds no number that is none', () => {
    const tops = [...svg.matchAll(/V([\d.]+)" stroke="#888888" opacity="0.9"/g)].map(([, y]) => Number(y))
    expect(tops).toHaveLength(2)
    expect(Math.max(...tops)).toBeLessThan(30)
    expect(svg).not.toMatch(/NaN|Infinity|undefined|var\(/)
  })

  it('of several metrics has a panel each and one legend; on logarithmic axes too', () => {
    const panels = ['a', 'b', 'c'].map((metric) => ({ metric, curves: [curve(1)] }))
    const many = figure(shown({ panels, logX: true, logY: true, xDomain: [1, 1000] }), grey)
    expect(many.match(/<clipPath/g)).toHaveLength(3)
    expect(many.match(/&lt;wide&gt;/g)).toHaveLength(1)
    expect(many).not.toMatch(/NaN|Infinity/)
  })
})

it('one value alone is a dot, and its band a bar', () => {
  const of = (value: number): Float64Array => Float64Array.of(value)
  const point: SeriesColumns = {
    ...{ step: of(40), lastStep: of(40), epoch: of(1), seconds: of(2) },
    ...{ min: of(0.5), max: of(0.5), mean: of(0.5), last: of(0.5) },
  }
  const runs = [exampleRun({ id: 1 }), exampleRun({ id: 2 })]
  const alone = runs.map(({ id }) => curve(id, 'one epoch', point))
  const svg = figure(
    shown({
      panels: [{ metric: 'val/loss', curves: [...alone, groupCurve({ key: '', runs }, alone, 'std')] }],
    }),
    grey,
  )
  expect(svg.match(/<circle [^>]*r="4.5"/g)).toHaveLength(3)
  expect(svg.match(/stroke-width="10"/g)).toHaveLength(1)
})

describe('values', () => {
  it('as CSV are one row for each bucket within the axis, with what it is', () => {
    const rows = curvesCsv(shown({ xDomain: [400, 440] }))
      .trim()
      .split('\r\n')
    expect(rows).toHaveLength(1 + 2 * 5)
    const wanted = 'val/loss,1,lr 1e-3 & <wide>,bucket,411,420,4.2,42,420,0.5,40,0.55,0.52,'
    expect(rows[3]?.startsWith(wanted)).toBe(true)
  })

  it('as JSON keep what is not finite, in words', () => {
    const { curves, statement } = JSON.parse(curvesJson(shown())) as {
      statement: string
      curves: { last: unknown[]; kind: string; points: number }[]
    }
    expect(statement).toContain('2,000 points')
    expect(curves[0]?.last[2]).toBe('NaN')
    expect(curves[0]).toMatchObject({ kind: 'buckets', points: 1000 })
  })

  it('of a group are its mean and band', () => {
    const runs = [exampleRun({ id: 1 }), exampleRun({ id: 2 })]
    const group = groupCurve({ key: '', runs }, [curve(1), curve(2)], 'std')
    const [, first] = curvesCsv(shown({ panels: [{ metric: 'val/loss', curves: [group] }] })).split('\r\n')
    expect(first).toContain('mean of group')
    expect(first?.split(',').slice(-3)).toEqual(['0.55', '0.55', '2'])
  })
})
