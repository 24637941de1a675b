import { expect, test } from 'vitest'
import type { Recording } from '../training/tape/recording.ts'
import { Tapes } from './tapes.ts'

const recording = (step: number): Recording => ({
  record: {
    step,
    size: 1,
    sizes: [],
    input: { shape: [1], dtype: 'float32' },
    batches: 1,
    gpu: null,
    loss: 1,
    nodes: 0,
    forwardMs: 0,
    backwardMs: 0,
    peakBytes: 0,
    signature: '',
    layers: [],
    listed: [],
    leaves: [],
    memory: { points: [], peak: 0, peakBytes: 0, phases: [], endMs: 0, holders: [] },
  },
  memory: {} as Recording['memory'],
  gradients: new Map([[3, { arrives: [null], gives: [] }]]),
})

test('keeps the newest tapes of a run, and not too many of all runs', () => {
  const tapes = new Tapes()
  for (let step = 1; step <= 6; step++) tapes.add(1, 'run', recording(step))
  expect(tapes.list(1).map(({ step }) => step)).toEqual([6, 5, 4, 3])
  expect(() => tapes.get(1)).toThrow(/no tape 1 any more/)
  for (let runId = 2; runId <= 7; runId++) tapes.add(runId, 'checkpoint', recording(9))
  expect(tapes.list(1).map(({ step }) => step)).toEqual([6, 5])
  expect(tapes.list(7)).toMatchObject([{ source: 'checkpoint', step: 9 }])
})

test('gives the gradients that a node has, and forgets with the run', () => {
  const tapes = new Tapes()
  const { id } = tapes.add(1, 'run', recording(1))
  expect(tapes.gradients(id, 3)).toEqual({ arrives: [null], gives: [] })
  expect(() => tapes.gradients(id, 4)).toThrow(/no gradients of node 4/)
  tapes.forget(1)
  expect(tapes.list(1)).toEqual([])
})
