import { expect, it } from 'vitest'
import { mostEpochs, nextClimb, rungsOf, type Climber } from './halving.ts'

it.each([
  [1, 3, 27, [1, 3, 9, 27]],
  [1, 3, 243, [1, 3, 9, 27, 81, 243]],
  [1, 3, 10, [1, 3, 10]],
  [2, 2, 20, [3, 5, 10, 20]],
  [5, 3, 5, [5]],
])('rungs from %i by %i up to %i epochs', (minEpochs, eta, epochs, rungs) => {
  expect(rungsOf({ minEpochs, eta }, epochs)).toEqual(rungs)
})

/** Runs a whole sweep whose trials always have these values. */
function climb(values: readonly (number | null)[], rungs: number, eta: number): string[] {
  const climbers = values.map((_, i) => ({ number: i + 1, values: [] as (number | null)[], climbs: true }))
  const made: string[] = []
  for (;;) {
    const next = nextClimb(climbers, rungs, eta, 'min')
    if (!next) return made
    const climber = climbers[next.number - 1]!
    expect(climber.values).toHaveLength(next.rung)
    climber.values.push(values[next.number - 1]!)
    made.push(`${next.number}@${next.rung}`)
  }
}

it('promotes as soon as the best third has room, the highest rung first, else starts a new trial', () => {
  // The first three fill the rung: its best, 2, goes on. After six the best two may: 2 has gone, 6 goes on; and so forth.
  // With three in the rung above, its best goes to the top.
  expect(climb([5, 1, 4, 9, 8, 2, 7, 6, 3], 3, 3)).toEqual([
    '1@0',
    '2@0',
    '3@0',
    '2@1',
    '4@0',
    '5@0',
    '6@0',
    '6@1',
    '7@0',
    '8@0',
    '9@0',
    '9@1',
    '2@2',
  ])
})

it('promotes an early leader that later ones beat: that is what not waiting costs', () => {
  // A whole rung would have let 4 and 5 go on alone.
  expect(climb([3, 4, 5, 1, 2, 6], 2, 3)).toEqual([
    '1@0',
    '2@0',
    '3@0',
    '1@1',
    '4@0',
    '4@1',
    '5@0',
    '6@0',
    '5@1',
  ])
})

it('never promotes what is no number or failed, and counts it among those that did the rung', () => {
  const climbers: Climber[] = [
    { number: 1, values: [null], climbs: true },
    { number: 2, values: [0.1], climbs: false },
    { number: 3, values: [0.2], climbs: true },
  ]
  // The best third of three is one, and that one failed.
  expect(nextClimb(climbers, 2, 3, 'min')).toBeNull()
  const six = [...climbers, ...[4, 5, 6].map((number) => ({ number, values: [0.3], climbs: true }))]
  expect(nextClimb(six, 2, 3, 'min')).toEqual({ number: 3, rung: 1 })
  expect(nextClimb(six, 2, 3, 'max')).toEqual({ number: 4, rung: 1 })
})

it('costs a fraction of training everything', () => {
  // 9 trials: one epoch each, 3 go on for 2 more, 1 for 6 more.
  expect(mostEpochs(9, [1, 3, 9], 3)).toBe(9 + 3 * 2 + 6)
})
