import { describe, expect, it } from 'vitest'
import { pair, sortIntoBoxes } from './disagreements.ts'
import type { Predictions } from './predictions.ts'

interface Said {
  target: number[]
  predicted: number[]
  ofTarget?: number[]
  ids?: bigint[]
  classes?: string[]
}

const run = ({ target, predicted, ofTarget = target.map(() => 0.5), ids, classes }: Said): Predictions => ({
  step: 1,
  epoch: 1,
  firstRow: 10,
  total: target.length,
  ids: ids ? BigUint64Array.from(ids) : null,
  of: {
    task: 'classify',
    classes: classes ?? ['ant', 'bee'],
    target: Uint32Array.from(target),
    predicted: Uint32Array.from(predicted),
    probability: Float32Array.from(target, () => 0.5),
    ofTarget: Float32Array.from(ofTarget),
    loss: Float32Array.from(ofTarget, (p) => -Math.log(p)),
  },
})

const numbers = (loss: number[], wanted: number[] = loss.map(() => 1)): Predictions => ({
  ...run({ target: [], predicted: [] }),
  of: {
    task: 'regress',
    targets: ['price'],
    wanted: Float32Array.from(wanted),
    predicted: Float32Array.from(wanted),
    loss: Float32Array.from(loss),
  },
})

const boxes = (a: Predictions, b: Predictions, sameDataset = true): Record<string, number[]> => {
  const pairs = pair(a, b, sameDataset)!
  const sorted = sortIntoBoxes(a, b, pairs)
  return Object.fromEntries(
    [...sorted.boxes].map(([box, places]) => [box, Array.from(places, (at) => pairs.b[at]!)]),
  )
}

describe('the samples of two runs', () => {
  it('are right in both, mended, broken or wrong in both, the plainest first', () => {
    const target = [0, 0, 0, 1, 1, 1]
    const a = run({ target, predicted: [0, 1, 1, 1, 0, 0], ofTarget: [0.9, 0.4, 0.1, 0.8, 0.2, 0.3] })
    const b = run({ target, predicted: [0, 0, 0, 0, 0, 1], ofTarget: [0.9, 0.6, 0.9, 0.1, 0.1, 0.6] })
    expect(boxes(a, b)).toEqual({
      'right-in-both': [0],
      mended: [2, 5, 1],
      broken: [3],
      'wrong-in-both': [4],
    })
  })

  it('are found again by content in a data set that was read anew, wherever they stand there', () => {
    const a = run({ target: [0, 1, 0], predicted: [1, 1, 0], ids: [7n, 8n, 9n] })
    const b = run({ target: [0, 0, 1], predicted: [0, 1, 1], ids: [7n, 5n, 8n] })
    expect(pair(a, b, false)).toEqual({ a: Uint32Array.of(0, 1), b: Uint32Array.of(0, 2) })
    expect(boxes(a, b, false)).toMatchObject({ mended: [0], 'right-in-both': [2] })
  })

  it('with the same content are paired once each', () => {
    const a = run({ target: [0, 0], predicted: [0, 0], ids: [7n, 7n] })
    const b = run({ target: [0, 0, 0], predicted: [0, 0, 0], ids: [7n, 7n, 7n] })
    expect(pair(a, b, false)).toEqual({ a: Uint32Array.of(0, 1), b: Uint32Array.of(0, 1) })
  })

  it('are not paired by row across data sets without ids', () => {
    expect(pair(run({ target: [0], predicted: [0] }), run({ target: [0], predicted: [0] }), false)).toBeNull()
  })

  it('have classes by name: a new class shifts the numbers', () => {
    const a = run({ target: [1], predicted: [1], ids: [7n] })
    const b = run({ target: [2], predicted: [2], ids: [7n], classes: ['ant', 'bat', 'bee'] })
    expect(boxes(a, b, false)['right-in-both']).toEqual([0])
  })

  it('that got another class are in no box', () => {
    const a = run({ target: [0, 1], predicted: [0, 1], ids: [7n, 8n] })
    const b = run({ target: [1, 1], predicted: [1, 1], ids: [7n, 8n] })
    const sorted = sortIntoBoxes(a, b, pair(a, b, false)!)
    expect(sorted.relabelled).toBe(1)
    expect(sorted.boxes.get('right-in-both')).toEqual(Uint32Array.of(1))
  })

  it('without classes are better, worse or the same by their loss; what is no number is first among the worse', () => {
    expect(boxes(numbers([1, 2, 3, 1]), numbers([1, 1, NaN, 4]))).toEqual({
      better: [1],
      worse: [3],
      same: [2, 0],
    })
  })

  it('of different tasks are refused', () => {
    const [a, b] = [numbers([1]), run({ target: [0], predicted: [0] })]
    expect(() => sortIntoBoxes(a, b, pair(a, b, true)!)).toThrow('regress beside classify')
  })
})
