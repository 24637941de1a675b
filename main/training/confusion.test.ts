import { expect, onTestFinished, test } from 'vitest'
import { scope, tensor } from '../engine/index.ts'
import { Confusion } from './confusion.ts'

function confusion(names: string[], pairs: readonly (readonly [number, number])[]): Confusion {
  const made = Confusion.of(names, 'cpu')
  if (!made) throw new Error('no confusion counts')
  onTestFinished(() => made.dispose())
  scope(() => {
    // In two parts, as batches come.
    for (const part of [pairs.slice(0, 2), pairs.slice(2)])
      if (part.length > 0)
        made.add(
          tensor(BigInt64Array.from(part, ([target]) => BigInt(target))),
          tensor(BigInt64Array.from(part, ([, prediction]) => BigInt(prediction))),
        )
  })
  return made
}

// Targets and predictions; the figures are scikit-learn's, precision_recall_fscore_support of the same lists.
const pairs = [
  [0, 0],
  [0, 0],
  [0, 1],
  [1, 1],
  [1, 0],
  [2, 2],
] as const

test('precision, recall and F1 of each class, and their mean', () => {
  const counted = confusion(['ham', 'spam', 'other'], pairs)
  expect([...counted.counts()]).toEqual([2, 1, 0, 1, 1, 0, 0, 0, 1])
  const [ham, spam, other] = counted.scores()
  expect(ham!.precision).toBeCloseTo(2 / 3, 12)
  expect(ham!.recall).toBeCloseTo(2 / 3, 12)
  expect(ham!.f1).toBeCloseTo(2 / 3, 12)
  expect(spam).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5 })
  expect(other).toEqual({ precision: 1, recall: 1, f1: 1 })
  const macro = (2 / 3 + 0.5 + 1) / 3
  expect(counted.figures('train')).toEqual([['train/macro-f1', macro]])
  expect(counted.figures('val')).toEqual([
    ['val/macro-f1', macro],
    ['val/f1/ham', 2 / 3],
    ['val/f1/spam', 0.5],
    ['val/f1/other', 1],
  ])
})

test('a class that neither occurred nor was named counts nothing; one that was missed counts 0', () => {
  const counted = confusion(['a', 'b', 'c'], [
    [0, 0],
    [1, 0],
  ]) // prettier-ignore
  expect(counted.scores().map(({ f1 }) => f1)).toEqual([2 / 3, 0, null])
  expect(counted.figures('val')).toEqual([
    ['val/macro-f1', 1 / 3],
    ['val/f1/a', 2 / 3],
    ['val/f1/b', 0],
  ])
})

test('an epoch begins anew', () => {
  const counted = confusion(['a', 'b'], [[0, 1]])
  counted.clear()
  expect(counted.figures('val')).toEqual([])
})

test('classes are named up to 20, counted up to 1,000', () => {
  const named = (count: number): string[] => Array.from({ length: count }, (_, one) => `class ${one}`)
  expect(confusion(named(20), [[0, 0]]).figures('val')).toHaveLength(2)
  expect(confusion(named(21), [[0, 0]]).figures('val')).toHaveLength(1)
  expect(confusion(named(1000), [[999, 999]]).figures('val')).toEqual([['val/macro-f1', 1]])
  expect(Confusion.of(named(1001), 'cpu')).toBeNull()
  expect(Confusion.of([], 'cpu')).toBeNull()
})
