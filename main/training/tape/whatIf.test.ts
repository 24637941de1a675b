/** What checkpointing would change, estimated from a record, against what it does change. */
import { afterEach, expect, test } from 'vitest'
import { curveOf, whatIf, type StepMemory } from '../../common/tape/memory.ts'
import {
  checkpoint,
  F,
  journal,
  liveTensors,
  memoryStats,
  rand,
  resetPeakMemory,
  scope,
  type Mark,
  type Tensor,
} from '../../engine/index.ts'
import { readLines } from './lines.ts'
import { marks } from './marks.ts'
import { memoryOf } from './memory.ts'

afterEach(() => expect(liveTensors()).toBe(0))

const depth = 8

/** Each layer keeps what two ops make, one of which only it needs. */
const layer = (x: Tensor, weight: Tensor): Tensor => scope(() => F.linear(x, weight).sigmoid().mul(x))

function forward(x: Tensor, weights: readonly Tensor[], mark: Mark, first: number): Tensor {
  let now = x
  weights.forEach((weight, i) => {
    const next = layer(now, weight)
    if (now !== x) now.dispose()
    now = next
    mark(first + i)
  })
  return now
}

interface Stretch {
  from: number
  to: number
}

/** A step of training without an update. */
function step(x: Tensor, weights: readonly Tensor[], mark: Mark, again: Stretch | null): void {
  scope(() => {
    mark(marks.batch)
    const { from, to } = again ?? { from: depth, to: depth - 1 }
    const before = forward(x, weights.slice(0, from), mark, 0)
    const inside = checkpoint((h) => forward(h, weights.slice(from, to + 1), () => 0, from), before)
    if (before !== x && inside !== before) before.dispose()
    const last = forward(inside, weights.slice(to + 1), mark, to + 1)
    if (inside !== last) inside.dispose()
    const loss = last.sum()
    mark(marks.loss)
    for (const weight of weights) weight.grad = null
    loss.backward()
    mark(marks.backward)
  })
}

function recorded(x: Tensor, weights: readonly Tensor[]): StepMemory {
  const { journal: written } = journal((mark) => step(x, weights, mark, null), { variables: weights })
  return memoryOf(written, readLines(written, depth + 1), [])
}

/** Most bytes in use. */
function peakOf(x: Tensor, weights: readonly Tensor[], again: Stretch | null): number {
  resetPeakMemory()
  step(x, weights, () => 0, again)
  return memoryStats().peakBytes
}

test.each<Stretch>([
  { from: 0, to: depth - 1 },
  { from: 0, to: 3 },
  { from: 2, to: 5 },
  { from: 4, to: 7 },
  { from: 3, to: 3 },
])('layers $from to $to of eight: the peak within 1 %', (stretch) => {
  scope(() => {
    const weights = Array.from({ length: depth }, () => rand([64, 64]).requiresGrad_())
    const x = rand([512, 64])
    peakOf(x, weights, null)
    const memory = recorded(x, weights)
    const estimate = whatIf(memory, stretch.from, stretch.to)
    expect(estimate.peakBytes).toBe(peakOf(x, weights, null))
    expect(curveOf(memory).peakBytes).toBe(estimate.peakBytes)
    const real = peakOf(x, weights, stretch)
    expect(Math.abs(estimate.changedPeakBytes - real) / real).toBeLessThan(0.01)
    // The last layers are computed again while all before them is still held: nothing is gained.
    expect(estimate.changedPeakBytes < estimate.peakBytes).toBe(real < estimate.peakBytes)
    expect(estimate.addedMs).toBeGreaterThan(0)
    for (const weight of weights) weight.grad = null
  })
})

test('layers that keep nothing of their own free nothing', () => {
  scope(() => {
    const weights = Array.from({ length: depth }, () => rand([8, 8]).requiresGrad_())
    const memory = recorded(rand([4, 8]), weights)
    expect(whatIf(memory, depth, depth)).toMatchObject({ freedBytes: 0 })
    for (const weight of weights) weight.grad = null
  })
})
