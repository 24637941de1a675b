/** Against scikit-learn's figures (golden/make.py), and in cases that it refuses. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { curvesOfClass, evaluateClasses, type ClassEvaluation, type ClassFigures } from './classes.ts'
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

const near = (found: number | null | undefined, wanted: number | null | undefined, what: string): void => {
  if (wanted === null) expect(found, what).toBeNull()
  else expect(found, what).toBeCloseTo(wanted ?? NaN, 6)
}

describe('classes', () => {
  it.each(golden.classes)('$name', ({ k, target, probabilities, ...wanted }) => {
    const names = Array.from({ length: k }, (_, one) => `c${one}`)
    const outcomes = {
      classes: names,
      target: Uint32Array.from(target),
      probabilities: Float32Array.from(probabilities),
    }
    const found = evaluateClasses(outcomes)
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

  it('a sample without numbers is wrong, and in no curve', () => {
    const found = evaluateClasses({
      classes: ['a', 'b'],
      target: Uint32Array.of(0, 1, 1),
      probabilities: Float32Array.of(0.9, 0.1, NaN, NaN, 0.2, 0.8),
    })
    expect(found).toMatchObject({ samples: 3, notFinite: 1, confusion: [1, 0, 0, 1] })
    expect(found.accuracy).toBeCloseTo(2 / 3)
    expect(found.classes[1]).toMatchObject({ support: 1, rocArea: 1 })
  })

  it('of no samples at all there is nothing to say', () => {
    const found = evaluateClasses({
      classes: ['a', 'b'],
      target: new Uint32Array(),
      probabilities: new Float32Array(),
    })
    expect(found).toMatchObject({ samples: 0, accuracy: 0, macroF1: null, calibrationError: 0 })
  })

  it('calibration says how far confidence and accuracy are apart', () => {
    const found = evaluateClasses({
      classes: ['a', 'b'],
      target: Uint32Array.of(0, 0, 0, 1),
      probabilities: Float32Array.of(0.75, 0.25, 0.75, 0.25, 0.75, 0.25, 0.75, 0.25),
    })
    expect(found.calibration[7]).toEqual({ from: 0.7, to: 0.8, count: 4, confidence: 0.75, accuracy: 0.75 })
    expect(found.calibrationError).toBe(0)
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
