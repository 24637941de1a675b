/** What the norms share. */
import { formatShape, isSymbolic, type Shape } from '../dims.ts'
import type { Field, Parameters, ShapeResult, WeightSpec } from '../layer.ts'

export const epsilonField = (value: number): Field => ({
  type: 'number',
  key: 'eps',
  title: 'Epsilon',
  help: 'Added to the variance, against division by zero.',
  default: value,
  minimum: 1e-12,
  maximum: 1,
  step: value,
  advanced: true,
})

export const affineField: Field = {
  type: 'boolean',
  key: 'affine',
  title: 'Scale and shift',
  help: 'Multiplies and offsets the result by trained values.',
  default: true,
  advanced: true,
}

export const isAffine = (parameters: Parameters): boolean => parameters['affine'] !== false

/** Trained scale and shift, which change nothing at first. */
export const scaleAndShift = (width: number): readonly WeightSpec[] => [
  { name: 'weight', shape: [width], initial: { kind: 'ones' } },
  { name: 'bias', shape: [width], initial: { kind: 'zeros' } },
]

/** The shape of a layer that normalises along the last axis, whose size must be known. */
export function lastAxisShape(shape: Shape): ShapeResult {
  const width = shape.at(-1)
  if (shape.length >= 2 && width !== undefined && !isSymbolic(width)) return { outputs: { output: shape } }
  return {
    error: {
      message: `normalises the last axis and needs its size fixed, gets ${formatShape(shape)}`,
      mends: [],
    },
  }
}

export const lastAxis = (shape: Shape): number => Number(shape.at(-1))
