/** Against scikit-learn's figures (golden/make.py), and in cases that it refuses. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { curvesOfClass, evaluateClasses, type ClassEvaluation, type ClassFigures } from './classes.ts'
import { rankings } from './curves.ts'
import { evaluateNumbers, type TargetFigures } from './numbers.ts'

interface Golden {
  classes: ({
    name: string
    k: number
    target: number[]
    probabilities: number[]
    classes: Omit<ClassFigures, 'name' | 'support'>[]
  } & Pick<ClassEvaluation, 'accuracy' | 'topK' | 'logLoss' | 'macroF1' | 'weightedF1' | 'confusion'>)[]
  numbers: (TargetFigures & { wanted: number[]; predicted: number[] })[]
}
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'golden.json'), 'utf8')) as Golden

const never = (): undefined => undefined

const near = (found: number | null | undefined, wanted: number | null | undefined, what: string): void => {
  if (wanted === null) expect(found, what).toBeNull()
  else expect(found, what).toBeCloseTo(wanted ?? NaN, 6)
}

describe('classes', () => {
  it.each(golden.classes)('$name', async ({ k, target, probabilities, ...wanted }) => {
    const names = Array.from({ length: k }, (_, one) => `c${one}`)
    const outcomes = {
      classes: names,
      target: Uint32Array.from(target),
      probabilities: Float32Array.from(probabilities),
    }
    const found = await evaluateClasses(outcomes, never)
    for (const figure of ['accuracy', 'logLoss', 'macroF1', 'weightedF1'] as const)
      near(found[figure], wanted[figure], figure)
    wanted.topK.forEach((share, at) => near(found.topK[at], share, `top ${at + 1}`))
    expect(found.confusion).toEqual(wanted.confusion)
    wanted.classes.forEach((figures, one) => {
      for (const figure of ['precision', 'recall', 'f1', 'rocArea', 'averagePrecision'] as const)
        near(found.classes[one]?.[figure], figures[figure], `${figure} of ${names[one]}`)
    })
    expect(found.calibration.reduce((sum, { count }) => sum + count, 0)).toBe(target.length)
    for (const one of names.keys()) {
      const { roc } = curvesOfClass(one, outcomes)
      expect(roc[0]).toEqual({ x: 0, y: 0, threshold: null })
      for (const [at, point] of roc.entries()) {
        expect(point.x).toBeGreaterThanOrEqual(roc[at - 1]?.x ?? 0)
        expect(point.y).toBeGreaterThanOrEqual(roc[at - 1]?.y ?? 0)
      }
    }
  })

  it('a sample without numbers is wrong, and in no curve', async () => {
    const found = await evaluateClasses(
      {
        classes: ['a', 'b'],
        target: Uint32Array.of(0, 1, 1),
        probabilities: Float32Array.of(0.9, 0.1, NaN, NaN, 0.2, 0.8),
      },
      never,
    )
    expect(found).toMatchObject({ samples: 3, notFinite: 1, confusion: [1, 0, 0, 1] })
    expect(found.accuracy).toBeCloseTo(2 / 3)
    expect(found.classes[1]).toMatchObject({ support: 1, rocArea: 1 })
  })

  it('of no samples at all there is nothing to say', async () => {
    const found = await evaluateClasses(
      {
        classes: ['a', 'b'],
        target: new Uint32Array(),
        probabilities: new Float32Array(),
      },
      never,
    )
    expect(found).toMatchObject({ samples: 0, accuracy: 0, macroF1: null, calibrationError: 0 })
  })

  it('calibration says how far confidence and accuracy are apart', async () => {
    const found = await evaluateClasses(
      {
        classes: ['a', 'b'],
        target: Uint32Array.of(0, 0, 0, 1),
        probabilities: Float32Array.of(0.75, 0.25, 0.75, 0.25, 0.75, 0.25, 0.75, 0.25),
      },
      never,
    )
    expect(found.calibration[7]).toEqual({ from: 0.7, to: 0.8, count: 4, confidence: 0.75, accuracy: 0.75 })
    expect(found.calibrationError).toBe(0)
  })
})

describe('degenerate cases', () => {
  it('one class only: everything is right, and there is no curve against others', async () => {
    const outcomes = {
      classes: ['only'],
      target: Uint32Array.of(0, 0),
      probabilities: Float32Array.of(1, 1),
    }
    const found = await evaluateClasses(outcomes, never)
    expect(found).toMatchObject({ accuracy: 1, topK: [1], confusion: [2], logLoss: 0, macroF1: 1 })
    expect(found.classes[0]).toMatchObject({ precision: 1, recall: 1, rocArea: null, averagePrecision: 1 })
    expect(curvesOfClass(0, outcomes).roc.at(-1)).toMatchObject({ x: 0, y: 1 })
  })

  it('a class without a sample, and one that is never named, have no figures of their own', async () => {
    const outcomes = {
      classes: ['a', 'b', 'empty'],
      target: Uint32Array.of(0, 1),
      probabilities: Float32Array.of(0.9, 0.1, 0, 0.8, 0.2, 0),
    }
    const found = await evaluateClasses(outcomes, never)
    expect(found.classes[1]).toMatchObject({ support: 1, precision: null, recall: 0, f1: 0 })
    expect(found.classes[2]).toMatchObject({
      support: 0,
      precision: null,
      recall: null,
      f1: null,
      rocArea: null,
      averagePrecision: null,
    })
    expect(curvesOfClass(2, outcomes).precisionRecall.every(({ x, y }) => x === 0 && y === 0)).toBe(true)
  })

  it('all scores alike: chance, whatever the order of the samples', async () => {
    const outcomes = {
      classes: ['a', 'b'],
      target: Uint32Array.of(1, 0, 1, 0),
      probabilities: new Float32Array(8).fill(0.5),
    }
    const found = await evaluateClasses(outcomes, never)
    // Of equal ones the first is the answer.
    expect(found).toMatchObject({ accuracy: 0.5, confusion: [2, 0, 2, 0], topK: [0.5, 1] })
    expect(found.classes[1]).toMatchObject({ rocArea: 0.5, averagePrecision: 0.5 })
    expect(curvesOfClass(1, outcomes).roc).toHaveLength(2)
  })

  it('not one score is a number: nothing is right, and no figure is NaN', async () => {
    const outcomes = {
      classes: ['a', 'b'],
      target: Uint32Array.of(0, 1),
      probabilities: new Float32Array(4).fill(NaN),
    }
    const found = await evaluateClasses(outcomes, never)
    expect(found).toMatchObject({ samples: 2, notFinite: 2, accuracy: 0, logLoss: 0, macroF1: null })
    expect(JSON.stringify(found)).toBe(JSON.stringify(found).replaceAll('NaN', ''))
    expect(curvesOfClass(0, outcomes)).toEqual({
      roc: [{ x: 0, y: 0, threshold: null }],
      precisionRecall: [],
    })
  })

  it('scores of any sign are ranked as numbers', () => {
    const ranked = rankings(Float32Array.of(-1.5, 0, 2, -0, -3), [false, true, true, false, false])
    expect(ranked.steps.map(({ threshold }) => threshold)).toEqual([2, 0, -1.5, -3])
    expect(ranked.steps.map(({ truePositives }) => truePositives)).toEqual([1, 2, 2, 2])
  })
})

describe('numbers', () => {
  it.each(golden.numbers)('$name', ({ name, wanted, predicted, ...figures }) => {
    const [found] = evaluateNumbers({
      targets: [name],
      wanted: Float32Array.from(wanted),
      predicted: Float32Array.from(predicted),
    })
    for (const figure of ['mae', 'rmse', 'r2', 'bias'] as const)
      near(found?.[figure], figures[figure], figure)
  })

  it('what is no number is left out and counted', () => {
    const found = evaluateNumbers({
      targets: ['x', 'y'],
      wanted: Float32Array.of(1, 2, 3, 4),
      predicted: Float32Array.of(NaN, 2, 5, 6),
    })
    expect(found[0]).toMatchObject({ samples: 2, notFinite: 1, mae: 2, r2: null })
    expect(found[1]).toMatchObject({ samples: 2, notFinite: 0, mae: 1 })
  })
})
