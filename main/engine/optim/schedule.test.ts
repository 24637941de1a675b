import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { optim, scope, zeros } from '../index.ts'

const { schedule } = optim
interface Golden {
  bases: number[]
  metrics: number[]
  cases: Record<string, number[][]>
}
const golden = JSON.parse(readFileSync(new URL('./schedule.golden.json', import.meta.url), 'utf8')) as Golden

const groups = (): { lr: number; baseLr: number }[] =>
  golden.bases.map((base) => ({ lr: base, baseLr: base }))

const settings: Record<string, optim.schedule.Schedule> = {
  step: schedule.step({ size: 4, gamma: 0.5 }),
  milestones: schedule.step({ milestones: [3, 10, 11] }),
  exponential: schedule.exponential({ gamma: 0.9 }),
  cosine: schedule.cosine({ steps: 29, min: 0.001 }),
  restarts: schedule.cosine({ steps: 4, min: 0.001, restarts: true, stretch: 2 }),
  restarts_even: schedule.cosine({ steps: 7, restarts: true }),
  polynomial: schedule.polynomial({ steps: 20, power: 2 }),
  one_cycle: schedule.oneCycle({ steps: 31 }),
  one_cycle_linear: schedule.oneCycle({
    steps: 31,
    warm: 0.5,
    anneal: 'linear',
    divFactor: 5,
    finalDivFactor: 10,
  }),
  warmup_cosine: schedule.warmup({ steps: 5, start: 0.1, after: schedule.cosine({ steps: 30 }) }),
}
const plateaus: Record<string, { plateau: optim.schedule.Plateau; sign: number }> = {
  plateau: { plateau: schedule.plateau({ patience: 2, factor: 0.5, cooldown: 1, minLr: 0.004 }), sign: 1 },
  plateau_max: {
    plateau: schedule.plateau({ mode: 'max', patience: 1, threshold: 0.01, absolute: true }),
    sign: -1,
  },
}

describe('schedules', () => {
  test('every case of torch.optim.lr_scheduler has a setting here', () => {
    expect([...Object.keys(settings), ...Object.keys(plateaus)].sort()).toEqual(
      Object.keys(golden.cases).sort(),
    )
  })

  test.each(Object.keys(settings))('%s is PyTorch’s, step by step', (name) => {
    const optimizer = { groups: groups() }
    golden.cases[name]?.forEach((expected, at) => {
      settings[name]?.apply(optimizer, at)
      optimizer.groups.forEach((group, i) => expect(group.lr).toBeCloseTo(expected[i] ?? NaN, 12))
    })
  })

  test.each(Object.keys(plateaus))('%s is PyTorch’s, metric by metric', (name) => {
    const { plateau, sign } = plateaus[name] as { plateau: optim.schedule.Plateau; sign: number }
    const optimizer = { groups: groups() }
    golden.cases[name]?.forEach((expected, at) => {
      optimizer.groups.forEach((group, i) => expect(group.lr).toBeCloseTo(expected[i] ?? NaN, 12))
      plateau.apply(optimizer, sign * (golden.metrics[at] ?? NaN))
    })
  })

  test('a plateau goes on where its state was exported', () => {
    const whole = { groups: groups() }
    const first = schedule.plateau({ patience: 2 })
    const halves = { groups: groups() }
    let second = schedule.plateau({ patience: 2 })
    golden.metrics.forEach((metric, at) => {
      first.apply(whole, metric)
      if (at === 9) {
        const state = second.state()
        second = schedule.plateau({ patience: 2 })
        second.loadState(state)
      }
      second.apply(halves, metric)
    })
    expect(halves).toEqual(whole)
    expect(whole.groups[0]?.lr).toBeLessThan(0.1)
  })

  test('beyond its steps a schedule stays at its end', () => {
    expect(schedule.cosine({ steps: 10, min: 0.5 }).at(50, 1)).toBe(0.5)
    expect(schedule.polynomial({ steps: 10, end: 0.25 }).at(50, 1)).toBe(0.25)
    expect(schedule.oneCycle({ steps: 10 }).at(50, 1)).toBeCloseTo(1 / 25 / 1e4, 15)
    expect(schedule.warmup({ steps: 10 }).at(50, 1)).toBe(1)
    expect(schedule.constant({ factor: 0.5 }).at(50, 1)).toBe(0.5)
  })

  test('sets the learning rate of a real optimizer’s groups from their bases', () => {
    scope(() => {
      const [a, b] = [zeros([1]), zeros([1])]
      const adam = new optim.Adam([{ params: [a] }, { params: [b], lr: 0.5 }], { lr: 1 })
      const halving = schedule.step({ size: 1, gamma: 0.5 })
      halving.apply(adam, 1)
      halving.apply(adam, 2)
      expect(adam.groups.map((group) => group.lr)).toEqual([0.25, 0.125])
      adam.dispose()
    })
  })

  test('refuses lengths and factors that make no sense', () => {
    expect(() => schedule.cosine({ steps: 0 })).toThrow('[cosine] steps must be positive, got 0')
    expect(() => schedule.cosine({ steps: 1, stretch: 0.5 })).toThrow('[cosine] stretch must be at least 1')
    expect(() => schedule.oneCycle({ steps: 9, warm: 2 })).toThrow('[oneCycle] warm must be in 0..1, got 2')
    expect(() => schedule.step({ size: -1 })).toThrow('[step] size must be positive, got -1')
    expect(() => schedule.plateau({ factor: 1 })).toThrow('[plateau] factor must be below 1, got 1')
  })
})
